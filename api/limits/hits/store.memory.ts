import { LRUCache } from 'lru-cache';
import { monotonicMs } from '../../process/monotonicMs.ts';
import {
  type LimitHitStore,
  type LimitHitSummary,
  limitHitKey,
  limitHitTtlMs,
  maxLimitHits,
} from './store.ts';

/** A summary, with the time of its last hit by the monotonic clock. */
type Known = LimitHitSummary & { readonly lastSeen: number };

/** Creates the store of a single process. `clock`: a monotonic clock, in ms; `wall`: the time of day. */
export const createMemoryLimitHits = (clock = monotonicMs, wall = () => new Date()): LimitHitStore => {
  const known = new LRUCache<string, Known>({ max: maxLimitHits });
  const isCurrent = ({ lastSeen }: Known) => lastSeen > clock() - limitHitTtlMs;

  return {
    async add(hits) {
      const [lastSeen, lastAt] = [clock(), wall()];
      for (const { limit, userId, address, count } of hits) {
        const key = limitHitKey({ limit, userId, address });
        const before = known.get(key);
        const earlier = before && isCurrent(before) ? before : { count: 0, firstAt: lastAt };
        const { firstAt } = earlier;
        known.set(key, { limit, userId, address, count: earlier.count + count, firstAt, lastAt, lastSeen });
      }
    },
    recent: async () =>
      [...known.values()]
        .filter(isCurrent)
        .sort((one, other) => other.lastSeen - one.lastSeen)
        .map(({ lastSeen: _lastSeen, ...hit }) => hit),
  };
};
