import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Ask, RedisClient } from './client.ts';
import { asFailure, redisUnavailable } from './errors.ts';
import { createGate } from './gate.ts';

export interface ChannelListener {
  message(payload: unknown): void;
  /** The broker was away: messages may have been lost. */
  missed(): void;
}

/** Messages through Redis: one subscription for each channel and replica, however many listen to it there. */
export interface Channels {
  /** Rejects with a `Failure` where Redis is away. */
  publish(channel: string, payload: unknown): Promise<void>;
  /**
   * Resolves when Redis has confirmed it: what is published afterwards arrives. Rejects with a `Failure` where Redis is
   * away. Call the result to stop; idempotent.
   */
  subscribe(channel: string, listener: ChannelListener): Promise<() => Promise<void>>;
  /**
   * Resolves once Redis listens to every channel that is subscribed to: a subscription made then is confirmed at once.
   * Rejects with a `Failure` where that takes longer than a second.
   */
  untilLive(): Promise<void>;
  /** How many listen to channels whose name begins so. */
  listenerCount(prefix: string): number;
  close(): void;
}

export interface ChannelsDeps {
  readonly ask: Ask;
  readonly commands: RedisClient;
  readonly subscriber: Redis;
  readonly log: Logger;
  /** How long a subscription waits for Redis to be there, in milliseconds. */
  readonly patienceMs: number;
}

interface Channel {
  readonly listeners: Set<ChannelListener>;
  /** Its number at `RedisPubSub`. */
  readonly shared: Promise<number>;
  /** Resolves when Redis listens. */
  readonly confirmed: Promise<unknown>;
}

/** A connection that says nothing is asked for a sign of life so often, in milliseconds. */
const pingEveryMs = 5000;
/** As many channels are subscribed to in one command after an outage. */
const batch = 1000;

export const createChannels = ({ ask, commands, subscriber, log, patienceMs }: ChannelsDeps): Channels => {
  const channels = new Map<string, Channel>();
  const live = createGate();
  const pubsub = new RedisPubSub({ publisher: commands, subscriber: listenOnly(subscriber) });
  let lost = false;

  const tell = (channel: Channel, act: (listener: ChannelListener) => void) => {
    for (const listener of [...channel.listeners]) {
      try {
        act(listener);
      } catch (error) {
        log.error({ err: error }, 'a message could not be taken');
      }
    }
  };

  /** Listens again to all there is, and only then says that something may have been missed. */
  const restore = async () => {
    const names = [...channels.keys()];
    for (let from = 0; from < names.length; from += batch) {
      await subscriber.subscribe(...names.slice(from, from + batch));
    }
    live.open();
    if (!lost) return;
    lost = false;
    for (const channel of [...channels.values()]) tell(channel, (listener) => listener.missed());
  };

  subscriber.on('ready', () => {
    restore().catch((error: unknown) => {
      if (subscriber.status !== 'ready') return;
      log.warn({ err: error }, 'could not subscribe again; connecting anew');
      subscriber.disconnect(true);
    });
  });
  subscriber.on('close', () => {
    lost ||= live.isOpen;
    live.shut();
  });
  // A connection that was cut without a word owes an answer then, and is taken for dead by its socket timeout.
  const pings = setInterval(() => {
    if (live.isOpen) subscriber.ping().catch(() => {});
  }, pingEveryMs).unref();

  const open = (name: string): Channel => {
    const deliver = (payload: unknown) => tell(channel, (listener) => listener.message(payload));
    // First the one who shares out, then Redis: a message may stand right behind the confirmation.
    const shared = pubsub.subscribe(name, deliver);
    const channel = { listeners: new Set<ChannelListener>(), shared, confirmed: subscriber.subscribe(name) };
    channels.set(name, channel);
    return channel;
  };

  const leave = async (name: string, channel: Channel, listener: ChannelListener) => {
    channel.listeners.delete(listener);
    const id = await channel.shared;
    // Somebody may have come meanwhile, or have left last.
    if (channel.listeners.size > 0 || channels.get(name) !== channel) return;
    channels.delete(name);
    pubsub.unsubscribe(id);
    // On a connection that is gone this fails, and what is gone listens to nothing.
    await subscriber.unsubscribe(name).catch(() => {});
  };

  const untilLive = async () => {
    if (!(await live.wait(patienceMs))) throw redisUnavailable();
  };

  return {
    publish: (channel, payload) => ask(() => pubsub.publish(channel, payload)),
    async subscribe(name, listener) {
      await untilLive();
      // The same listener may be given twice, and is told twice then.
      const own: ChannelListener = {
        message: (payload) => listener.message(payload),
        missed: () => listener.missed(),
      };
      const channel = channels.get(name) ?? open(name);
      channel.listeners.add(own);
      try {
        await channel.confirmed;
      } catch (error) {
        await leave(name, channel, own);
        throw asFailure(error);
      }
      return () => leave(name, channel, own);
    },
    untilLive,
    listenerCount: (prefix) =>
      [...channels].reduce(
        (sum, [name, { listeners }]) => (name.startsWith(prefix) ? sum + listeners.size : sum),
        0,
      ),
    close() {
      clearInterval(pings);
      channels.clear();
    },
  };
};

/**
 * What `RedisPubSub` gets as its subscriber: it hears all, and subscribes to nothing. Its own subscribing answers at once
 * where the connection was lost and is not subscribed again yet, and a subscription that fails or an unsubscription on a
 * connection that is gone rejects a promise that nobody holds, which ends the process. So that is done here.
 */
const listenOnly = (subscriber: Redis): Redis =>
  new Proxy(subscriber, {
    get(target, name) {
      if (name === 'subscribe') return (_channel: string, done: (error: null) => void) => done(null);
      if (name === 'unsubscribe' || name === 'punsubscribe') return () => {};
      return Reflect.get(target, name).bind(target);
    },
  });
