import type { Topic } from './topic.ts';

export interface BusListener<Payload> {
  message(payload: Payload): void;
  /** The broker was away for a while: messages may have been lost. What matters is to be read again from its store. */
  missed(): void;
}

/**
 * Messages between replicas. Payloads are small: ids and deltas, never whole conversations. Delivery is at most once
 * and in order for each publisher; a listener throws nothing back.
 */
export interface Bus {
  /** Resolves when the broker has it; a broker that is away for more than a few seconds rejects. */
  publish<Payload>(topic: Topic<Payload>, key: string, payload: Payload): Promise<void>;
  /** Resolves when the broker listens: what is published afterwards arrives. Call the result to stop; idempotent. */
  subscribe<Payload>(
    topic: Topic<Payload>,
    key: string,
    listener: BusListener<Payload>,
  ): Promise<() => Promise<void>>;
  /** How many listen to a topic now, or to any, for metrics and for tests that look for leaks. */
  listenerCount(topic?: Pick<Topic<unknown>, 'name'>): number;
  close(): Promise<void>;
}
