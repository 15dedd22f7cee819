import type { Redis } from 'ioredis';

/** The maximum number of channels in one SUBSCRIBE command after an outage. */
const batchSize = 1000;

/**
 * The subscriber connection, with the four methods that `RedisPubSub` calls. `RedisPubSub` doesn't handle a subscription
 * that fails or a lost connection: either becomes an unhandled rejection, which ends the process. So subscribing and
 * unsubscribing always succeed for it, and `confirmation` reports what Redis answered.
 */
export class ChannelSubscriber {
  readonly #redis: Redis;
  /** The subscribed channels, with Redis's confirmation of each. */
  readonly #channels = new Map<string, Promise<unknown>>();

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  on(event: 'message' | 'pmessage', listener: (...parts: string[]) => void): this {
    this.#redis.on(event, listener);
    return this;
  }

  subscribe(channel: string, done: (error: null) => void): void {
    const confirmed = this.#redis.subscribe(channel);
    this.#channels.set(channel, confirmed);
    confirmed.then(
      () => done(null),
      () => done(null),
    );
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    // On a lost connection this fails, and Redis has forgotten its subscriptions.
    this.#redis.unsubscribe(channel).catch(() => {});
  }

  /** Patterns aren't used. `RedisPubSub` calls this for each channel. */
  punsubscribe(): void {}

  /** Resolves when Redis has confirmed the subscription to the channel. Rejects if the connection was lost before. */
  async confirmation(channel: string): Promise<void> {
    await this.#channels.get(channel);
  }

  /** Subscribes to all channels again, on a new connection. Resolves when Redis has confirmed them. */
  async restore(): Promise<void> {
    const channels = [...this.#channels.keys()];
    for (let from = 0; from < channels.length; from += batchSize) {
      const batch = channels.slice(from, from + batchSize).filter((channel) => this.#channels.has(channel));
      if (batch.length === 0) continue;
      const confirmed = this.#redis.subscribe(...batch);
      for (const channel of batch) this.#channels.set(channel, confirmed);
      await confirmed;
    }
  }
}
