import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';

const ofOneProcess = createMemoryThrottle();

describeThrottle('the sign-in throttle in memory', () => ofOneProcess);
