import type { Topic } from './topic.ts';

export interface BusListener<Payload> {
  message(payload: Payload): void;
  /** Called after an outage of the broker: messages may have been lost, so the listener reads from the store again. */
  missed(): void;
}

/**
 * Publish and subscribe between replicas. Payloads are small: ids and deltas, never whole conversations. Each listener gets
 * a message at most once, in the order of its publisher. An error of a listener doesn't reach the publisher.
 */
export interface Bus {
  /** Resolves when the broker has the message. Rejects after a few seconds while the broker is unavailable. */
  publish<Payload>(topic: Topic<Payload>, key: string, payload: Payload): Promise<void>;
  /**
   * Resolves when the broker has confirmed the subscription: messages published afterwards arrive. Call the result to
   * unsubscribe; idempotent.
   */
  subscribe<Payload>(
    topic: Topic<Payload>,
    key: string,
    listener: BusListener<Payload>,
  ): Promise<() => Promise<void>>;
  /** Returns the number of current listeners to a topic, or to all: for metrics, and for tests that look for leaks. */
  listenerCount(topic?: Pick<Topic<unknown>, 'name'>): number;
  close(): Promise<void>;
}
