import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../../process/addressGroup.ts';

/**
 * Requests of one connection that may wait for their answers. Node starts each request of a pipeline at once, so a few
 * kilobytes would start thousands; no browser and no common client or proxy sends even two.
 */
const maxPipelined = 16;
/** How long a connection may take to send its first request while others of its address wait, in milliseconds. */
const graceMs = 1000;

export interface ConnectionLimitsOptions {
  /** Connections without a running request: of all addresses together, and of one address that is no proxy's. */
  readonly idleConnections: number;
  readonly addressIdleConnections: number;
  /** Whether the peer is a trusted proxy, whose connections are those of many clients. */
  readonly isProxy: (address: string) => boolean;
  readonly graceMs?: number;
}

/** Bounds what connections can make the server spend before a request tells whose they are. */
export interface ConnectionLimits {
  /** Counts a new connection. Where too many are idle, the one that has been idle longest is closed. */
  opened(socket: Socket): void;
  /** Counts a request. False: the connection is closed, and the request must not be answered. */
  begins(request: IncomingMessage, response: ServerResponse): boolean;
  /** From now on the connection is a websocket, which has limits of its own. */
  upgraded(socket: Socket): void;
}

interface Connection {
  readonly socket: Socket;
  readonly group: string;
  readonly isProxy: boolean;
  /** Requests that have no complete answer yet. */
  unanswered: number;
  isUpgraded: boolean;
  /** Since when it is idle, by the monotonic clock. */
  idleSince: number;
}

/** The idle connections of an address, each set with the longest idle first. */
interface Group {
  /** Those that have sent no complete request head yet. */
  readonly silent: Set<Connection>;
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
    // Many that open at once, such as those of a busy program, have a moment to send their requests.
    for (let count = 0; count < excess; count += 1) {
      const longest = maxIdle(group, connection);
      if (!longest || now - longest.idleSince < grace) break;
      close(longest);
    }
    const longest = sizeOf(all) > idleConnections ? maxIdle(all, connection) : undefined;
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
      // The peer has gone already.
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
      // The parser goes on with what it has been given, also after the connection was closed.
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

/** One that sent nothing before one that is kept for further requests, but not the newest one. */
const maxIdle = ({ silent, kept }: Group, newest: Connection): Connection | undefined =>
  [...first(silent, newest), ...first(kept, newest)][0];

/** The first of a set, unless it is `except`; in an array, which is empty where there is none. */
const first = (set: ReadonlySet<Connection>, except: Connection): readonly Connection[] => {
  const { value } = set.values().next();
  return value === undefined || value === except ? [] : [value];
};
