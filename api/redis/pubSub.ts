import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { ChannelSubscriber } from './channelSubscriber.ts';
import type { Ask, RedisClient } from './client.ts';
import { createConnectionState } from './connectionState.ts';
import { asFailure, redisUnavailable } from './errors.ts';

export interface ChannelListener {
  message(payload: unknown): void;
  /** Called after an outage of Redis, when messages may have been lost. */
  missed(): void;
}

/** Publish and subscribe through Redis, with one subscription per channel and replica, however many listeners it has. */
export interface PubSub {
  /** Rejects with `SERVICE_UNAVAILABLE` while Redis is unavailable. */
  publish(channel: string, payload: unknown): Promise<void>;
  /**
   * Resolves when Redis has confirmed the subscription: messages published afterwards arrive. Rejects with
   * `SERVICE_UNAVAILABLE` while Redis is unavailable. Call the result to unsubscribe; idempotent.
   */
  subscribe(channel: string, listener: ChannelListener): Promise<() => Promise<void>>;
  /**
   * Resolves once Redis has confirmed all current subscriptions, after which a new one is confirmed at once. Rejects with
   * `SERVICE_UNAVAILABLE` after a second.
   */
  waitUntilReady(): Promise<void>;
  /** Returns the number of listeners to channels whose name starts with `prefix`. */
  listenerCount(prefix: string): number;
  close(): void;
}

export interface PubSubDeps {
  readonly ask: Ask;
  readonly commands: RedisClient;
  readonly subscriber: Redis;
  readonly log: Logger;
  /** The maximum time that a subscription waits for the connection, in ms. */
  readonly maxWaitMs: number;
}

interface Subscription {
  readonly channel: string;
  readonly listener: ChannelListener;
}

/** The interval between pings on the subscriber's connection, in ms. */
const pingIntervalMs = 5000;

/**
 * Creates the pub/sub of one replica. `RedisPubSub` counts the listeners of each channel, reads the payloads and delivers
 * them. Confirmation, and subscribing again after an outage, are added here.
 */
export const createPubSub = ({ ask, commands, subscriber, log, maxWaitMs }: PubSubDeps): PubSub => {
  const subscriptions = new Set<Subscription>();
  const state = createConnectionState();
  const channels = new ChannelSubscriber(subscriber);
  const redisPubSub = new RedisPubSub({
    publisher: commands,
    // Declared as a whole ioredis client; `RedisPubSub` uses these four methods.
    subscriber: channels as unknown as Redis,
  });
  let wasLost = false;

  const notify = (subscription: Subscription, act: (listener: ChannelListener) => void) => {
    // A listener may unsubscribe others while a message is delivered.
    if (!subscriptions.has(subscription)) return;
    try {
      act(subscription.listener);
    } catch (error) {
      log.error({ err: error, channel: subscription.channel }, 'redis: listener failed, message dropped');
    }
  };

  const restore = async () => {
    await channels.restore();
    state.setUp();
    if (!wasLost) return;
    wasLost = false;
    for (const subscription of [...subscriptions]) notify(subscription, (listener) => listener.missed());
  };

  subscriber.on('ready', () => {
    restore().catch((error: unknown) => {
      if (subscriber.status !== 'ready') return;
      log.warn({ err: error }, 'redis: subscriptions not restored, reconnecting');
      subscriber.disconnect(true);
    });
  });
  subscriber.on('close', () => {
    wasLost ||= state.isUp;
    state.setDown();
  });
  // A ping without an answer makes the socket timeout close a connection that was cut silently.
  const pings = setInterval(() => {
    if (state.isUp) subscriber.ping().catch(() => {});
  }, pingIntervalMs).unref();

  const waitUntilReady = async () => {
    if (!(await state.waitUntilUp(maxWaitMs))) throw redisUnavailable();
  };

  return {
    publish: (channel, payload) => ask(() => redisPubSub.publish(channel, payload)),
    async subscribe(channel, listener) {
      await waitUntilReady();
      const subscription: Subscription = { channel, listener };
      subscriptions.add(subscription);
      const id = await redisPubSub.subscribe(channel, (payload: unknown) =>
        notify(subscription, (to) => to.message(payload)),
      );
      const unsubscribe = async () => {
        if (!subscriptions.delete(subscription)) return;
        // `RedisPubSub` must not lose a subscription that it is about to deliver to.
        await Promise.resolve();
        redisPubSub.unsubscribe(id);
      };
      try {
        await channels.confirmation(channel);
      } catch (error) {
        await unsubscribe();
        throw asFailure(error);
      }
      return unsubscribe;
    },
    waitUntilReady,
    listenerCount: (prefix) => {
      let count = 0;
      for (const { channel } of subscriptions) if (channel.startsWith(prefix)) count += 1;
      return count;
    },
    close() {
      clearInterval(pings);
      subscriptions.clear();
    },
  };
};
