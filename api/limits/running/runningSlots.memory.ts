import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../process/monotonicMs.ts';
import { type RunningSlots, runningSlotTtlMs } from './runningSlots.ts';

/** The maximum number of keys; the least recently used ones are evicted. */
const maxKeys = 50_000;

/** Creates the slots of a single process. `clock`: a monotonic clock, in ms. */
export const createMemoryRunningSlots = (clock = monotonicMs): RunningSlots => {
  /** For each key, the holders and the times when they acquired their slots. */
  const held = new LRUCache<string, Map<string, number>>({ max: maxKeys, ttl: runningSlotTtlMs });

  return {
    async acquire(key, id, max) {
      const holders = held.get(key) ?? new Map<string, number>();
      if (holders.has(id)) return { outcome: 'HELD' };
      const now = clock();
      if (holders.size >= max) {
        return {
          outcome: 'FULL',
          holders: [...holders].map(([holder, since]) => ({ id: holder, heldMs: now - since })),
        };
      }
      held.set(key, holders.set(id, now));
      return { outcome: 'ACQUIRED' };
    },
    async release(key, ids) {
      for (const id of ids) held.get(key)?.delete(id);
    },
  };
};
