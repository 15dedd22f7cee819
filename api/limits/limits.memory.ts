import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../process/monotonicMs.ts';
import type { Limits } from './limits.ts';

/** As many keys are remembered; of more, those that were used longest ago are forgotten. */
const maxKeys = 50_000;

/** The limits of a service that is one process. `clock`: milliseconds that never go back. */
export const createMemoryLimits = (clock = monotonicMs): Limits => {
  /** When each of the last ones was, oldest first. */
  const taken = new LRUCache<string, number[]>({ max: maxKeys });

  return {
    async take(key, { count, windowMs }) {
      const now = clock();
      const times = (taken.get(key) ?? []).filter((at) => at > now - windowMs);
      const isAllowed = times.length < count;
      if (isAllowed) times.push(now);
      taken.set(key, times);
      const [oldest = now] = times;
      const last = isAllowed ? now : oldest;
      return { isAllowed, limit: count, remaining: count - times.length, resetMs: last + windowMs - now };
    },
  };
};
