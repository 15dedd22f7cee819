import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, BusListener } from './bus.ts';
import type { Topic } from './topic.ts';

/** How long the pauses are between two tries, in milliseconds. */
const pauseMs = 1000;

/**
 * Listens as soon as the bus is there, however late that is, for those who can do without it meanwhile. `missed` is
 * called then too: what was published before has not come. Call the result to stop; it resolves when nothing listens.
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
        const stop = await bus.subscribe(topic, key, listener);
        if (!signal.aborted) listener.missed();
        return stop;
      } catch {
        const pause = pauseMs * (0.5 + Math.random() / 2);
        await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
      }
    }
    return null;
  };

  const subscribed = subscribe();
  return async () => {
    stopped.abort();
    const stop = await subscribed;
    await stop?.();
  };
};
