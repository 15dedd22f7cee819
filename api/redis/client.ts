import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { createRotatingConnector } from './rotatingConnector.ts';

/** A connection for commands: to one server (found by sentinels or not), or to all the nodes of a cluster. */
export type RedisClient = Redis | Cluster;

/** Asks once Redis is there. Rejects with an `SERVICE_UNAVAILABLE` within about three seconds where it is away. */
export type Ask = <Reply>(question: (client: RedisClient) => Promise<Reply>) => Promise<Reply>;

/** How long a connection may take to come up, and a command to be answered, in milliseconds. */
const connectTimeout = 3000;
const commandTimeout = 2000;
/** A connection that owes an answer for so long is taken for dead, in milliseconds. */
const socketTimeout = 5000;
/** The longest pause between two tries to connect, in milliseconds. */
const maxPauseMs = 2000;

/** Twice as long each time, with jitter, so that replicas don't come back in step. */
const pause = (tries: number): number =>
  Math.min(50 * 2 ** Math.min(tries - 1, 10), maxPauseMs) * (0.5 + Math.random() / 2);

/** What every connection has. A master that was made a replica is left for the one that took its place. */
const common = (address: RedisAddress): RedisOptions => ({
  connectTimeout,
  socketTimeout,
  retryStrategy: pause,
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  ...(address.username === null ? {} : { username: address.username }),
  ...(address.password === null ? {} : { password: address.password }),
  ...(address.tls ? { tls: {} } : {}),
});

/** The one server, or the way to it. */
const place = (address: RedisAddress): RedisOptions => {
  const { hosts, database: db, tls, sentinelUsername, sentinelPassword } = address;
  if (address.kind !== 'sentinel') return { ...hosts[0], db };
  return {
    db,
    sentinels: [...hosts],
    name: address.master,
    sentinelRetryStrategy: pause,
    sentinelCommandTimeout: commandTimeout,
    enableTLSForSentinelMode: tls,
    ...(tls ? { sentinelTLS: {} } : {}),
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
  };
};

const connect = (address: RedisAddress, options: RedisOptions): RedisClient => {
  if (address.kind !== 'cluster') return new Redis({ ...common(address), ...place(address), ...options });
  const {
    enableAutoPipelining = false,
    autoPipeliningIgnoredCommands = [],
    enableOfflineQueue = true,
    ...redisOptions
  } = options;
  return new Cluster([...address.hosts], {
    enableAutoPipelining,
    autoPipeliningIgnoredCommands,
    enableOfflineQueue,
    clusterRetryStrategy: pause,
    redisOptions: { ...common(address), ...redisOptions },
  });
};

/** Nothing waits for a connection that is away and nothing is sent again after it came back: it might be done twice, or late. */
const atOnce: RedisOptions = {
  commandTimeout,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** For commands: what is asked in one tick travels together. `script.ts` says which ones must not. */
export const connectCommands = (address: RedisAddress): RedisClient =>
  connect(address, { ...atOnce, enableAutoPipelining: true, autoPipeliningIgnoredCommands: [] });

/** For a BullMQ queue, which defines scripts whenever it likes: on a connection for commands that isn't safe. */
export const connectQueue = (address: RedisAddress): RedisClient => connect(address, atOnce);

/**
 * For subscriptions, which whoever holds it makes again after each `ready`. In a cluster what is published reaches
 * every node, so that one connection, to whichever node answers, is enough.
 */
export const connectSubscriber = (address: RedisAddress): Redis =>
  new Redis({
    ...common(address),
    ...place(address),
    ...atOnce,
    autoResubscribe: false,
    ...(address.kind === 'cluster' ? { Connector: createRotatingConnector(address.hosts, address.tls) } : {}),
  });

/** For a BullMQ worker, which waits at Redis for work and asks again by itself after an outage. */
export const connectWorker = (address: RedisAddress): RedisClient =>
  connect(address, { maxRetriesPerRequest: null, socketTimeout: 2 * socketTimeout });
