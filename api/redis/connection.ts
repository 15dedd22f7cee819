import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { describeAddress, parseRedisUrl } from './address.ts';
import { type Channels, createChannels } from './channels.ts';
import {
  type Ask,
  connectCommands,
  connectQueue,
  connectSubscriber,
  connectWorker,
  type RedisClient,
} from './client.ts';
import { asFailure, redisUnavailable } from './errors.ts';
import { createGate, type Gate } from './gate.ts';

/** How long something waits for a connection that is away before it is refused, in milliseconds. */
const patienceMs = 1000;
/** How long an answer may take in all, in milliseconds; one command is given up sooner. */
const answerMs = 3000;

/** This replica's Redis: one connection for commands, one for subscriptions, whatever the number of readers. */
export interface RedisConnection {
  /** What every key and channel begins with. */
  readonly prefix: string;
  readonly channels: Channels;
  /** For definitions. To ask something, use `ask`. */
  readonly client: RedisClient;
  readonly ask: Ask;
  /** Whether anything was asked yet. */
  readonly hasAsked: boolean;
  /** One more connection, for a BullMQ queue. Whoever asks for it closes it. */
  connectQueue(): RedisLink;
  /** One more connection, which waits however long Redis is away. Whoever asks for it closes it. */
  connectWorker(): RedisClient;
  /** Throws where Redis does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A connection of its own, which may be lost while the others are there. */
export interface RedisLink {
  readonly client: RedisClient;
  /** As the shared connection's, but waits for this one. */
  readonly ask: Ask;
  /** Throws where this connection, or the shared one, is lost. */
  check(): void;
}

export interface RedisDeps {
  /** As `parseRedisUrl` takes it. */
  readonly url: string;
  readonly log: Logger;
  /** Several installations may share one Redis under different prefixes. */
  readonly prefix?: string;
}

/** Connects by and by, and again whenever it has to: the log has one line when Redis goes and one when it is back. */
export const connectRedis = ({ url, log, prefix = 'ziggie:' }: RedisDeps): RedisConnection => {
  const address = parseRedisUrl(url);
  const where = describeAddress(address);
  const client = connectCommands(address);
  const subscriber = connectSubscriber(address);
  const there = createGate();
  let told = false;

  const away = (reason: string) => {
    there.shut();
    if (!told) log.warn(`REDIS_URL: Redis at ${where} can't be reached (${reason}); trying again`);
    told = true;
  };
  client.on('error', (error: Error) => away(reasonOf(error)));
  client.on('close', () => away('the connection was closed'));
  client.on('ready', () => {
    there.open();
    if (told) log.info(`Redis at ${where} is back`);
    told = false;
  });
  subscriber.on('error', (error: Error) => log.debug({ err: error }, 'the subscriber is away'));

  let asked = false;
  const askOver =
    (connection: RedisClient, gate: Gate): Ask =>
    async (question) => {
      if (!(await gate.wait(patienceMs))) throw redisUnavailable();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(redisUnavailable()), answerMs);
      try {
        return await Promise.race([question(connection), late.promise]);
      } catch (error) {
        throw asFailure(error);
      } finally {
        clearTimeout(timer);
      }
    };
  const askShared = askOver(client, there);
  const ask: Ask = (question) => {
    asked = true;
    return askShared(question);
  };

  /**
   * Each connection waits for its own next try, up to two seconds: when one is back, the others are tried at once. Else
   * a question could be taken over one and fail over the next.
   */
  const connections = new Set<RedisClient>();
  const keep = <Connection extends RedisClient>(connection: Connection): Connection => {
    connections.add(connection);
    connection.on('end', () => connections.delete(connection));
    connection.on('ready', () => {
      for (const other of connections) {
        if (other instanceof Redis && other.status === 'reconnecting') other.connect().catch(() => {});
      }
    });
    return connection;
  };
  keep(client);
  keep(subscriber);

  const channels = createChannels({ ask, commands: client, subscriber, log, patienceMs });

  return {
    prefix,
    client,
    channels,
    ask,
    get hasAsked() {
      return asked;
    },
    connectQueue() {
      const link = keep(connectQueue(address));
      const gate = createGate();
      link.on('ready', () => gate.open());
      link.on('close', () => gate.shut());
      return {
        client: link,
        ask: askOver(link, gate),
        check() {
          if (!there.isOpen || !gate.isOpen) throw redisUnavailable();
        },
      };
    },
    connectWorker: () => keep(connectWorker(address)),
    async check() {
      if (!there.isOpen) throw redisUnavailable();
      // Right after an outage the commands' connection may be back some milliseconds before the subscriber's.
      await channels.untilLive();
      await ask(() => client.ping());
    },
    async close() {
      channels.close();
      told = true;
      subscriber.disconnect();
      client.disconnect();
    },
  };
};

const reasonOf = (error: Error): string => {
  // Node tries every address of a name, and says what each answered.
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first.message : String(first);
};
