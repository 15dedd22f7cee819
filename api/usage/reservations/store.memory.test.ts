import { describeSpending } from './store.contract.ts';
import { createMemorySpending } from './store.memory.ts';

describe('in memory', () => {
  let now = 0;
  describeSpending(
    () => {
      const spending = createMemorySpending(() => now);
      return { here: spending, there: spending };
    },
    (ms) => {
      now += ms;
    },
  );
});
