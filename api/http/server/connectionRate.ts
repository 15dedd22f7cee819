import type { Socket } from 'node:net';
import { addressGroup } from '../../process/addressGroup.ts';

/** Seconds of a rate that a bucket holds at most: a page or a program opens its connections together. */
const burstSeconds = 4;
/** The interval in which waiting connections are admitted, in milliseconds. */
const intervalMs = 20;
/** The time that a connection waits at most, in milliseconds. Then it is closed. */
const defaultMaxWaitMs = 20_000;

/** Why a connection isn't handled at once. */
export type ConnectionRateEvent = 'DELAYED' | 'CLOSED';

export interface ConnectionRateOptions {
  /** New connections per second of all addresses from which no user has authenticated. */
  readonly connectionsPerSecond: number;
  /** The same for each of these addresses. */
  readonly addressConnectionsPerSecond: number;
  /** The same for each address from which a user has authenticated. */
  readonly userConnectionsPerSecond: number;
  /** Maximum waiting connections: of all addresses together, and of one. */
  readonly idleConnections: number;
  readonly addressIdleConnections: number;
  /** Whether the peer is a trusted proxy, whose connections belong to many clients and aren't limited. */
  readonly isProxy: (address: string) => boolean;
  /** Whether a user has authenticated from the address. */
  readonly isKnown: (address: string) => boolean;
  /** Called for each connection that waits or is closed. */
  readonly onLimit?: (event: ConnectionRateEvent, address: string) => void;
  readonly maxWaitMs?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Limits how many new connections are handled per second. Others wait, unread, and without a parser: that holds back a flood
 * that opens each connection again when it is closed, where closing it at once would only be answered by the next one.
 * Addresses take turns.
 */
export interface ConnectionRate {
  /** Calls `handle` at once, or when the rate permits. A connection that waits too long is destroyed. */
  admit(socket: Socket, handle: () => void): void;
  /** The number of waiting connections. */
  waiting(): number;
  /** Destroys the waiting connections. */
  close(): void;
}

interface Bucket {
  level: number;
  at: number;
}

interface Waiting {
  readonly socket: Socket;
  readonly handle: () => void;
  readonly since: number;
}

export const createConnectionRate = (options: ConnectionRateOptions): ConnectionRate => {
  const { connectionsPerSecond, addressConnectionsPerSecond, userConnectionsPerSecond } = options;
  const { idleConnections, addressIdleConnections, isProxy, isKnown, onLimit } = options;
  const { now = () => performance.now(), maxWaitMs = defaultMaxWaitMs } = options;
  const anonymous: Bucket = { level: connectionsPerSecond * burstSeconds, at: now() };
  /** Buckets that aren't full, and those of waiting connections. */
  const buckets = new Map<string, Bucket>();
  /** Waiting connections by address; the next address first. */
  const queues = new Map<string, Waiting[]>();
  let count = 0;
  let timer: NodeJS.Timeout | null = null;

  const refill = (bucket: Bucket, perSecond: number): Bucket => {
    const at = now();
    bucket.level = Math.min(perSecond * burstSeconds, bucket.level + ((at - bucket.at) * perSecond) / 1000);
    bucket.at = at;
    return bucket;
  };

  /** Takes a connection of an address from its bucket, and from the anonymous one. */
  const take = (group: string): boolean => {
    const known = isKnown(group);
    const perSecond = known ? userConnectionsPerSecond : addressConnectionsPerSecond;
    const bucket = refill(buckets.get(group) ?? { level: perSecond * burstSeconds, at: now() }, perSecond);
    if (bucket.level < 1 || (!known && refill(anonymous, connectionsPerSecond).level < 1)) return false;
    bucket.level -= 1;
    if (!known) anonymous.level -= 1;
    buckets.set(group, bucket);
    return true;
  };

  /** Whether no other connection waits for the same rates. */
  const isNext = (group: string): boolean => (isKnown(group) ? !queues.has(group) : count === 0);

  /** Removes the buckets that are full again. */
  const forgetFull = (): void => {
    for (const [group, bucket] of buckets) {
      const perSecond = isKnown(group) ? userConnectionsPerSecond : addressConnectionsPerSecond;
      if (refill(bucket, perSecond).level >= perSecond * burstSeconds) buckets.delete(group);
    }
  };

  const remove = (group: string, queue: Waiting[]): Waiting | undefined => {
    const first = queue.shift();
    if (first) count -= 1;
    if (queue.length === 0) queues.delete(group);
    return first;
  };

  /** Admits a connection of each address in turn until none may be admitted. */
  const admitWaiting = (): void => {
    let admitted = true;
    while (admitted) {
      admitted = false;
      for (const [group, queue] of [...queues]) {
        const [first] = queue;
        if (first && now() - first.since > maxWaitMs) {
          onLimit?.('CLOSED', group);
          remove(group, queue)?.socket.destroy();
          admitted = true;
          continue;
        }
        if (first && !first.socket.destroyed && !take(group)) continue;
        remove(group, queue);
        admitted = true;
        // The next turn is another address's.
        if (queue.length > 0) {
          queues.delete(group);
          queues.set(group, queue);
        }
        if (first && !first.socket.destroyed) first.handle();
      }
    }
  };

  const tick = (): void => {
    admitWaiting();
    forgetFull();
    if (count > 0 || buckets.size > 0) return;
    if (timer) clearInterval(timer);
    timer = null;
  };

  return {
    admit(socket, handle) {
      const { remoteAddress } = socket;
      // The connection is closed already.
      if (remoteAddress === undefined) return void socket.destroy();
      if (isProxy(remoteAddress)) return handle();
      const group = addressGroup(remoteAddress);
      timer ??= setInterval(tick, intervalMs).unref();
      const queue = queues.get(group) ?? [];
      if (isNext(group) && take(group)) return handle();
      if (count >= idleConnections || queue.length >= addressIdleConnections) {
        onLimit?.('CLOSED', group);
        socket.destroy();
        return;
      }
      onLimit?.('DELAYED', group);
      const onError = () => socket.destroy();
      socket.once('error', onError);
      queues.set(group, queue);
      count += 1;
      queue.push({
        socket,
        since: now(),
        handle() {
          socket.off('error', onError);
          handle();
        },
      });
    },
    waiting: () => count,
    close() {
      if (timer) clearInterval(timer);
      timer = null;
      for (const { socket } of [...queues.values()].flat()) socket.destroy();
      queues.clear();
      count = 0;
    },
  };
};
