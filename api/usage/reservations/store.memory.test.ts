import { describeReservationStore } from './store.contract.ts';
import { createMemoryReservationStore } from './store.memory.ts';

describe('in memory', () => {
  let now = 0;
  describeReservationStore(
    () => {
      const reservationStore = createMemoryReservationStore(() => now);
      return { here: reservationStore, there: reservationStore };
    },
    (ms) => {
      now += ms;
    },
  );
});
