import { describePlaces } from './runningSlots.contract.ts';
import { createMemoryPlaces } from './runningSlots.memory.ts';

describe('in memory', () => {
  describePlaces(() => {
    const places = createMemoryPlaces();
    return { here: places, there: places };
  });
});
