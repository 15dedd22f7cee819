import { describeRunningSlots } from './runningSlots.contract.ts';
import { createMemoryRunningSlots } from './runningSlots.memory.ts';

describe('in memory', () => {
  describeRunningSlots(() => {
    const runningSlots = createMemoryRunningSlots();
    return { here: runningSlots, there: runningSlots };
  });
});
