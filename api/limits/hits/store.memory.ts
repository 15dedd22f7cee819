import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../process/monotonicMs.ts';
import {
  type LimitHitStore,
  type LimitHitSummary,
  limitHitKey,
  limitHitTtlMs,
  maxLimitHits,
} from './store.ts';

/** A hit, with when it was last, by a clock that never goes back. */
type Known = LimitHitSummary & { readonly lastSeen: number };

/** The hits of a service that is one process. `clock`: milliseconds that never go back; `wall`: the time of day. */
export const createMemoryLimitHits = (clock = monotonicMs, wall = () => new Date()): LimitHitStore => {
  const known = new LRUCache<string, Known>({ max: maxLimitHits });
  const isLate = ({ lastSeen }: Known) => lastSeen > clock() - limitHitTtlMs;

  return {
    async add(hits) {
      const [lastSeen, lastAt] = [clock(), wall()];
      for (const { limit, userId, address, count } of hits) {
        const key = limitHitKey({ limit, userId, address });
        const before = known.get(key);
        const earlier = before && isLate(before) ? before : { count: 0, firstAt: lastAt };
        const { firstAt } = earlier;
        known.set(key, { limit, userId, address, count: earlier.count + count, firstAt, lastAt, lastSeen });
      }
    },
    recent: async () =>
      [...known.values()]
        .filter(isLate)
        .sort((one, other) => other.lastSeen - one.lastSeen)
        .map(({ lastSeen: _lastSeen, ...hit }) => hit),
  };
};
