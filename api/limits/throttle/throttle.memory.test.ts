import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';

/** The clock stands still but for what a test moves it by. */
let shift = () => 0;
const ofOneProcess = createMemoryThrottle(() => shift());

describeThrottle('the sign-in throttle in memory', (shiftMs) => {
  shift = shiftMs;
  return ofOneProcess;
});
