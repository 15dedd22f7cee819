import { describeResponseCache } from './cache.contract.ts';
import { createMemoryCache } from './cache.memory.ts';

describe('in memory', () => {
  describeResponseCache(async (ttlMs) => {
    const cache = createMemoryCache({ ttlMs });
    return { here: cache, there: cache };
  });
});
