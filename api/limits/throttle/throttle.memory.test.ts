import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';
import { throttleKeys } from './throttle.ts';

/** The clock moves only when a test moves it. */
let shift = () => 0;
const memoryThrottle = createMemoryThrottle(() => shift());

describeThrottle('the sign-in throttle in memory', (shiftMs) => {
  shift = shiftMs;
  return memoryThrottle;
});

it('keeps the keys of earlier versions, so that they count together with this one', () => {
  const keys = throttleKeys({ username: 'ada', address: '2001:db8::1' });
  expect(keys).toEqual(throttleKeys({ username: 'ada', address: '2001:db8:0:0' }));
});
