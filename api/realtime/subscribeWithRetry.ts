import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, BusListener } from './bus.ts';
import type { Topic } from './topic.ts';

/** The maximum pause between two attempts, in ms. */
const maxPauseMs = 1000;

/**
 * Subscribes to a topic, and retries until the bus is available. For readers that work without it until then. Calls
 * `missed` once subscribed, because earlier messages were not received. Call the result to unsubscribe; it resolves when
 * the listener is removed.
 */
export const subscribeWithRetry = <Payload>(
  bus: Bus,
  topic: Topic<Payload>,
  key: string,
  listener: BusListener<Payload>,
): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const subscribe = async (): Promise<(() => Promise<void>) | null> => {
    while (!signal.aborted) {
      try {
        const unsubscribe = await bus.subscribe(topic, key, listener);
        if (!signal.aborted) listener.missed();
        return unsubscribe;
      } catch {
        const pauseMs = maxPauseMs * (0.5 + Math.random() / 2);
        await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
      }
    }
    return null;
  };

  const subscribed = subscribe();
  return async () => {
    stopped.abort();
    const unsubscribe = await subscribed;
    await unsubscribe?.();
  };
};
