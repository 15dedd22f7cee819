import { describeRunningSlots } from './runningSlots.contract.ts';
import { createMemoryRunningSlots } from './runningSlots.memory.ts';

describe('in memory', () => {
  describeRunningSlots(() => {
    const places = createMemoryRunningSlots();
    return { here: places, there: places };
  });
});
