import { describeResponseCache } from './cache.contract.ts';
import { createMemoryCache } from './cache.memory.ts';

describe('in memory', () => {
  describeResponseCache(async (lifetimeMs) => {
    const cache = createMemoryCache({ lifetimeMs });
    return { here: cache, there: cache };
  });
});
