import { LRUCache } from 'lru-cache';
import { type HitStore, hitsLastMs, keyOfHit, type LimitHits, mostHits } from './hits.ts';

/** The hits of a service that is one process. `clock` in milliseconds. */
export const createMemoryHits = (clock = () => Date.now()): HitStore => {
  const known = new LRUCache<string, LimitHits>({ max: mostHits });
  const isLate = ({ lastAt }: LimitHits) => lastAt.getTime() > clock() - hitsLastMs;

  return {
    async add(hits) {
      const lastAt = new Date(clock());
      for (const { limit, userId, address, count } of hits) {
        const key = keyOfHit({ limit, userId, address });
        const before = known.get(key);
        const earlier = before && isLate(before) ? before : { count: 0, firstAt: lastAt };
        const { firstAt } = earlier;
        known.set(key, { limit, userId, address, count: earlier.count + count, firstAt, lastAt });
      }
    },
    recent: async () =>
      [...known.values()].filter(isLate).sort((one, other) => Number(other.lastAt) - Number(one.lastAt)),
  };
};
