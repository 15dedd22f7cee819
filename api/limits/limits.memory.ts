import { LRUCache } from 'lru-cache';
import type { Rate } from '../config/values/rate.ts';
import { monotonicMs } from '../process/monotonicMs.ts';
import type { Limits, RateResult } from './limits.ts';

/** The maximum number of keys; the least recently used ones are evicted. */
const maxKeys = 50_000;

/** Creates the rate limits of a single process. `clock`: a monotonic clock, in ms. */
export const createMemoryLimits = (clock = monotonicMs): Limits => {
  /** The times of the calls counted in the current window, oldest first. */
  const calls = new LRUCache<string, number[]>({ max: maxKeys });

  const timesOf = (key: string, windowMs: number, now: number) =>
    (calls.get(key) ?? []).filter((at) => at > now - windowMs);

  const resultOf = (times: readonly number[], isAllowed: boolean, rate: Rate, now: number): RateResult => {
    const decisive = isAllowed ? times.at(-1) : times[0];
    return {
      isAllowed,
      limit: rate.count,
      remaining: Math.max(0, rate.count - times.length),
      resetMs: decisive === undefined ? 0 : decisive + rate.windowMs - now,
    };
  };

  return {
    async consume(key, rate) {
      const now = clock();
      const times = timesOf(key, rate.windowMs, now);
      const isAllowed = times.length < rate.count;
      if (isAllowed) times.push(now);
      calls.set(key, times);
      return resultOf(times, isAllowed, rate, now);
    },
    async peek(key, rate) {
      const now = clock();
      const times = timesOf(key, rate.windowMs, now);
      return resultOf(times, times.length < rate.count, rate, now);
    },
  };
};
