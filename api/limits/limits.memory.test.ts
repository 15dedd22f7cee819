import { describeLimits } from './limits.contract.ts';
import { createMemoryLimits } from './limits.memory.ts';

describe('in memory', () => {
  describeLimits(() => {
    const limits = createMemoryLimits();
    return { here: limits, there: limits };
  });
});
