import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../process/monotonicMs.ts';
import { type RunningSlots, runningSlotTtlMs } from './runningSlots.ts';

/** As many keys are remembered; of more, those that were used longest ago are forgotten. */
const maxKeys = 50_000;

/** The runningSlots of a service that is one process. `clock`: milliseconds that never go back. */
export const createMemoryRunningSlots = (clock = monotonicMs): RunningSlots => {
  /** Since when each is held, by its holder. */
  const held = new LRUCache<string, Map<string, number>>({ max: maxKeys, ttl: runningSlotTtlMs });

  return {
    async acquire(key, id, most) {
      const holders = held.get(key) ?? new Map<string, number>();
      if (holders.has(id)) return { outcome: 'HELD' };
      const now = clock();
      if (holders.size >= most) {
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
