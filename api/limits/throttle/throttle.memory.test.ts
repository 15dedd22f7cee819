import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';

/** The clock moves only when a test moves it. */
let shift = () => 0;
const memoryThrottle = createMemoryThrottle(() => shift());

describeThrottle('the sign-in throttle in memory', (shiftMs) => {
  shift = shiftMs;
  return memoryThrottle;
});
