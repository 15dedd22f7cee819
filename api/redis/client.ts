import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { createRotatingConnector } from './rotatingConnector.ts';

/** A connection for commands: to one server, found by sentinels or not, or to all nodes of a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * Sends commands as soon as the connection is up. Rejects with `SERVICE_UNAVAILABLE` within about three seconds while Redis
 * is unavailable.
 */
export type Ask = <Reply>(question: (client: RedisClient) => Promise<Reply>) => Promise<Reply>;

/** The timeouts for opening a connection, and for the answer to a command, in ms. */
const connectTimeout = 3000;
const commandTimeout = 2000;
/** A connection with a pending command that receives nothing for this time is closed, in ms. */
const socketTimeout = 5000;
/** The maximum pause between two attempts to connect, in ms. */
const maxPauseMs = 2000;

/** Exponential backoff with jitter, so that replicas don't reconnect all at once. Returns the pause in ms. */
const backoff = (attempts: number): number =>
  Math.min(50 * 2 ** Math.min(attempts - 1, 10), maxPauseMs) * (0.5 + Math.random() / 2);

/**
 * Returns the TLS options. Nodes of a cluster may announce themselves by IP address, while their certificates have names: such
 * a node must have a certificate for one of the configured hosts.
 */
export const tlsOptions = ({ kind, hosts }: Pick<RedisAddress, 'kind' | 'hosts'>): ConnectionOptions =>
  kind !== 'cluster'
    ? {}
    : {
        checkServerIdentity(name, certificate) {
          const problem = checkServerIdentity(name, certificate);
          if (problem === undefined || isIP(name) === 0) return problem;
          const isKnown = hosts.some(({ host }) => checkServerIdentity(host, certificate) === undefined);
          return isKnown ? undefined : problem;
        },
      };

/** The options of every connection. After a failover, the READONLY error of the old master makes it reconnect to the new one. */
const common = (address: RedisAddress): RedisOptions => ({
  connectTimeout,
  socketTimeout,
  retryStrategy: backoff,
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  ...(address.username === null ? {} : { username: address.username }),
  ...(address.password === null ? {} : { password: address.password }),
  ...(address.tls ? { tls: tlsOptions(address) } : {}),
});

/** The options of a connection to one server, found by sentinels or not. */
const serverOptions = (address: RedisAddress): RedisOptions => {
  const { hosts, database: db, tls, sentinelUsername, sentinelPassword } = address;
  if (address.kind !== 'sentinel') return { ...hosts[0], db };
  return {
    db,
    sentinels: [...hosts],
    name: address.master,
    sentinelRetryStrategy: backoff,
    sentinelCommandTimeout: commandTimeout,
    enableTLSForSentinelMode: tls,
    ...(tls ? { sentinelTLS: {} } : {}),
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
  };
};

const connect = (address: RedisAddress, options: RedisOptions): RedisClient => {
  if (address.kind !== 'cluster')
    return new Redis({ ...common(address), ...serverOptions(address), ...options });
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
    clusterRetryStrategy: backoff,
    // Certificates have the names of hosts, not the addresses that they resolve to.
    ...(address.tls ? { dnsLookup: (host, found) => found(null, host) } : {}),
    redisOptions: { ...common(address), ...redisOptions },
  });
};

/** Commands don't wait for a lost connection, and aren't sent again on a new one: they might run twice, or late. */
const failFast: RedisOptions = {
  commandTimeout,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** Opens the connection for commands. Commands of one tick are sent in one pipeline; `script.ts` lists the exceptions. */
export const connectCommands = (address: RedisAddress): RedisClient =>
  connect(address, { ...failFast, enableAutoPipelining: true, autoPipeliningIgnoredCommands: [] });

/** Opens a connection for a BullMQ queue. BullMQ defines scripts at any time, which isn't safe with automatic pipelines. */
export const connectQueue = (address: RedisAddress): RedisClient => connect(address, failFast);

/**
 * Opens the connection for subscriptions. The caller subscribes again after each `ready`. In a cluster a message reaches all
 * nodes, so one connection to any node is enough.
 */
export const connectSubscriber = (address: RedisAddress): Redis =>
  new Redis({
    ...common(address),
    ...serverOptions(address),
    ...failFast,
    autoResubscribe: false,
    ...(address.kind === 'cluster' ? { Connector: createRotatingConnector(address.hosts, address.tls) } : {}),
  });

/** Opens a connection for a BullMQ worker, which blocks until there is a job, and retries by itself after an outage. */
export const connectWorker = (address: RedisAddress): RedisClient =>
  connect(address, { maxRetriesPerRequest: null, socketTimeout: 2 * socketTimeout });
