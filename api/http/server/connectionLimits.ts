import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../../process/addressGroup.ts';

/**
 * Maximum pipelined requests of a connection. Node starts all of them at once, so a few kilobytes could start thousands.
 * No browser, common client or proxy pipelines even two.
 */
const maxPipelined = 16;
/** The time an idle connection may stay open when its address is over the limit, in milliseconds. */
const graceMs = 1000;

export interface ConnectionLimitsOptions {
  /** Maximum connections without a running request, of all addresses together. */
  readonly idleConnections: number;
  /** The same for one address, unless it is a trusted proxy's. */
  readonly addressIdleConnections: number;
  /** Whether the peer is a trusted proxy, whose connections belong to many clients. */
  readonly isProxy: (address: string) => boolean;
  readonly graceMs?: number;
}

/** Bounds the resources of connections before a request authenticates their user. */
export interface ConnectionLimits {
  /** Counts a new connection. If too many are idle, closes the one that has been idle longest. */
  opened(socket: Socket): void;
  /** Counts a request. Returns false if the connection is closed: then the request must not be handled. */
  begins(request: IncomingMessage, response: ServerResponse): boolean;
  /** Stops counting a connection that became a WebSocket, which has its own limits. */
  upgraded(socket: Socket): void;
}

interface Connection {
  readonly socket: Socket;
  readonly group: string;
  readonly isProxy: boolean;
  /** Requests whose responses aren't complete yet. */
  unanswered: number;
  isUpgraded: boolean;
  /** When it became idle, by the monotonic clock, in milliseconds. */
  idleSince: number;
}

/** The idle connections of an address. Each set has the longest idle first. */
interface Group {
  /** Connections that have sent no complete request head yet. */
  readonly silent: Set<Connection>;
  /** Connections kept alive after a response. */
  readonly kept: Set<Connection>;
}

export const createConnectionLimits = (options: ConnectionLimitsOptions): ConnectionLimits => {
  const { idleConnections, addressIdleConnections, isProxy } = options;
  const grace = options.graceMs ?? graceMs;
  const connections = new WeakMap<object, Connection>();
  const all: Group = { silent: new Set(), kept: new Set() };
  const groups = new Map<string, Group>();

  const groupOf = (name: string): Group => {
    const group = groups.get(name) ?? { silent: new Set(), kept: new Set() };
    groups.set(name, group);
    return group;
  };

  const idle = (connection: Connection, kind: keyof Group): void => {
    const group = groupOf(connection.group);
    const now = performance.now();
    connection.idleSince = now;
    all[kind].add(connection);
    group[kind].add(connection);
    const excess = connection.isProxy ? 0 : sizeOf(group) - addressIdleConnections;
    // Connections that a busy program opens at once get a moment to send their requests.
    for (let count = 0; count < excess; count += 1) {
      const longest = longestIdle(group, connection);
      if (!longest || now - longest.idleSince < grace) break;
      close(longest);
    }
    const longest = sizeOf(all) > idleConnections ? longestIdle(all, connection) : undefined;
    if (longest) close(longest);
  };

  const notIdle = (connection: Connection): void => {
    const group = groups.get(connection.group);
    for (const kind of ['silent', 'kept'] as const) {
      all[kind].delete(connection);
      group?.[kind].delete(connection);
    }
    if (group && sizeOf(group) === 0) groups.delete(connection.group);
  };

  const close = (connection: Connection): void => {
    notIdle(connection);
    connection.socket.destroy();
  };

  return {
    opened(socket) {
      const { remoteAddress } = socket;
      // The connection is closed already.
      if (remoteAddress === undefined) return;
      const group = addressGroup(remoteAddress);
      const connection: Connection = {
        socket,
        group,
        isProxy: isProxy(remoteAddress),
        unanswered: 0,
        isUpgraded: false,
        idleSince: 0,
      };
      connections.set(socket, connection);
      socket.once('close', () => notIdle(connection));
      idle(connection, 'silent');
    },
    begins({ socket }, response) {
      const connection = connections.get(socket);
      if (!connection || socket.destroyed) return false;
      if (connection.unanswered >= maxPipelined) {
        socket.destroy();
        return false;
      }
      connection.unanswered += 1;
      notIdle(connection);
      response.once('close', () => {
        connection.unanswered -= 1;
        if (connection.unanswered === 0 && !socket.destroyed && !connection.isUpgraded) {
          idle(connection, 'kept');
        }
      });
      return true;
    },
    upgraded(socket) {
      const connection = connections.get(socket);
      if (!connection) return;
      connection.isUpgraded = true;
      notIdle(connection);
    },
  };
};

const sizeOf = ({ silent, kept }: Group): number => silent.size + kept.size;

/** Returns the connection to close: one that sent nothing before one that is kept alive, but never the newest. */
const longestIdle = ({ silent, kept }: Group, newest: Connection): Connection | undefined =>
  [...first(silent, newest), ...first(kept, newest)][0];

/** Returns the first of a set as an array, which is empty for an empty set, or if the first is `except`. */
const first = (set: ReadonlySet<Connection>, except: Connection): readonly Connection[] => {
  const { value } = set.values().next();
  return value === undefined || value === except ? [] : [value];
};
