import type { Logger } from 'pino';
import { describeAddress, parseRedisUrl } from './address.ts';
import { asFailure, redisAway } from './away.ts';
import { type Channels, createChannels } from './channels.ts';
import {
  type Ask,
  connectCommands,
  connectQueue,
  connectSubscriber,
  connectWorker,
  type RedisClient,
} from './client.ts';
import { createGate } from './gate.ts';

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
  connectQueue(): RedisClient;
  /** One more connection, which waits however long Redis is away. Whoever asks for it closes it. */
  connectWorker(): RedisClient;
  /** Throws where Redis does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
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
  const ask: Ask = async (question) => {
    asked = true;
    if (!(await there.wait(patienceMs))) throw redisAway();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(redisAway()), answerMs);
    try {
      return await Promise.race([question(client), late.promise]);
    } catch (error) {
      throw asFailure(error);
    } finally {
      clearTimeout(timer);
    }
  };

  const channels = createChannels({ ask, commands: client, subscriber, log, patienceMs });

  return {
    prefix,
    client,
    channels,
    ask,
    get hasAsked() {
      return asked;
    },
    connectQueue: () => connectQueue(address),
    connectWorker: () => connectWorker(address),
    async check() {
      if (!there.isOpen) throw redisAway();
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
