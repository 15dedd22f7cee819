import { describePlaces } from './places.contract.ts';
import { createMemoryPlaces } from './places.memory.ts';

describe('in memory', () => {
  describePlaces(() => {
    const places = createMemoryPlaces();
    return { here: places, there: places };
  });
});
