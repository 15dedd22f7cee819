import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { describeAddress, parseRedisUrl } from './address.ts';
import {
  type Ask,
  connectCommands,
  connectQueue,
  connectSubscriber,
  connectWorker,
  type RedisClient,
} from './client.ts';
import { type ConnectionState, createConnectionState } from './connectionState.ts';
import { asFailure, redisUnavailable } from './errors.ts';
import { warnOfEviction } from './eviction.ts';
import { createPubSub, type PubSub } from './pubSub.ts';

/** The maximum time to wait for a lost connection before a request to Redis is rejected, in ms. */
const maxWaitMs = 1000;
/** The maximum time for the answer to a request, which may be several commands, in ms. Each command has a shorter timeout. */
const answerTimeoutMs = 3000;

/** A reply of the last time span vouches for Redis, in ms: a check then sends no command. */
const recentMs = 1000;

/** The Redis of this replica: one connection for commands and one for subscriptions, whatever the number of readers. */
export interface RedisConnection {
  /** The prefix of every key and channel. */
  readonly prefix: string;
  readonly pubSub: PubSub;
  /** For definitions of commands. To send commands, use `ask`. */
  readonly client: RedisClient;
  readonly ask: Ask;
  /** Whether `ask` was called before. */
  readonly hasAsked: boolean;
  /** Opens another connection, for a BullMQ queue. The caller closes it. */
  connectQueue(): RedisLink;
  /** Opens another connection, which waits for Redis without a limit. The caller closes it. */
  connectWorker(): RedisClient;
  /** Rejects with `SERVICE_UNAVAILABLE` if Redis does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A separate connection, which may be down while the others are up. */
export interface RedisLink {
  readonly client: RedisClient;
  /** As `RedisConnection.ask`, on this connection. */
  readonly ask: Ask;
  /** Throws `SERVICE_UNAVAILABLE` while this connection or the shared one is down. */
  check(): void;
}

export interface RedisDeps {
  /** In the form of `parseRedisUrl`. */
  readonly url: string;
  readonly log: Logger;
  /** Several installations may share one Redis under different prefixes. */
  readonly prefix?: string;
}

/**
 * Connects to Redis in the background, and reconnects after outages. Logs one line when Redis becomes unreachable and one
 * when it is reachable again. Throws `RedisUrlUnusable`.
 */
export const connectRedis = ({ url, log, prefix = 'ziggie:' }: RedisDeps): RedisConnection => {
  const address = parseRedisUrl(url);
  const where = describeAddress(address);
  const client = connectCommands(address);
  const subscriber = connectSubscriber(address);
  const state = createConnectionState();
  let isOutageLogged = false;
  /** When Redis last answered a command; negative infinity after a failure. */
  let repliedAt = Number.NEGATIVE_INFINITY;

  const setDown = (reason: string) => {
    state.setDown();
    repliedAt = Number.NEGATIVE_INFINITY;
    if (!isOutageLogged) log.warn(`REDIS_URL: Redis at ${where} is unreachable (${reason}), reconnecting`);
    isOutageLogged = true;
  };
  client.on('error', (error: Error) => setDown(reasonOf(error)));
  client.on('close', () => setDown('the connection was closed'));
  client.once('ready', () => void warnOfEviction(client, where, log));
  client.on('ready', () => {
    state.setUp();
    if (isOutageLogged) log.info(`redis: ${where} is reachable again`);
    isOutageLogged = false;
  });
  subscriber.on('error', (error: Error) => log.debug({ err: error }, 'redis: subscriber connection failed'));

  let hasAsked = false;
  const askOver =
    (connection: RedisClient, connectionState: ConnectionState): Ask =>
    async (question) => {
      if (!(await connectionState.waitUntilUp(maxWaitMs))) throw redisUnavailable();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(redisUnavailable()), answerTimeoutMs);
      try {
        return await Promise.race([question(connection), late.promise]);
      } catch (error) {
        throw asFailure(error);
      } finally {
        clearTimeout(timer);
      }
    };
  const askShared = askOver(client, state);
  const ask: Ask = async (question) => {
    hasAsked = true;
    try {
      const reply = await askShared(question);
      repliedAt = performance.now();
      return reply;
    } catch (error) {
      repliedAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };

  /**
   * Each connection waits up to two seconds before it reconnects. When one is up again, the others reconnect at once: a
   * request could otherwise succeed on one connection and fail on the next.
   */
  const connections = new Set<RedisClient>();
  const register = <Connection extends RedisClient>(connection: Connection): Connection => {
    connections.add(connection);
    connection.on('end', () => connections.delete(connection));
    connection.on('ready', () => {
      for (const other of connections) {
        if (other instanceof Redis && other.status === 'reconnecting') other.connect().catch(() => {});
      }
    });
    return connection;
  };
  register(client);
  register(subscriber);

  const pubSub = createPubSub({ ask, commands: client, subscriber, log, maxWaitMs });

  return {
    prefix,
    client,
    pubSub,
    ask,
    get hasAsked() {
      return hasAsked;
    },
    connectQueue() {
      const link = register(connectQueue(address));
      const linkState = createConnectionState();
      link.on('ready', () => linkState.setUp());
      link.on('close', () => linkState.setDown());
      return {
        client: link,
        ask: askOver(link, linkState),
        check() {
          if (!state.isUp || !linkState.isUp) throw redisUnavailable();
        },
      };
    },
    connectWorker: () => register(connectWorker(address)),
    async check() {
      if (!state.isUp) throw redisUnavailable();
      // After an outage the subscriber's connection may be up some milliseconds later than the one for commands.
      await pubSub.waitUntilReady();
      if (performance.now() - repliedAt > recentMs) await ask(() => client.ping());
    },
    async close() {
      pubSub.close();
      // Closing is no outage.
      isOutageLogged = true;
      subscriber.disconnect();
      client.disconnect();
    },
  };
};

const reasonOf = (error: Error): string => {
  // Node tries all addresses of a name, and reports the error of each.
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first.message : String(first);
};
