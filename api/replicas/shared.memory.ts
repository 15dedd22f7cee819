import { createMemoryBudgets } from '../budgets/store.memory.ts';
import { createMemoryBackendSlots } from '../engine/pool/backendSlots.memory.ts';
import { createMemoryCache } from '../generations/cache/cache.memory.ts';
import { createMemoryJournal } from '../generations/journal/journal.memory.ts';
import { createMemoryQueue } from '../generations/queue/queue.memory.ts';
import { createMemoryLimitHits } from '../limits/hits/store.memory.ts';
import { createMemoryLimits } from '../limits/limits.memory.ts';
import { createMemoryRunningSlots } from '../limits/running/runningSlots.memory.ts';
import { createMemoryThrottle } from '../limits/throttle/throttle.memory.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { createMemoryReservationStore } from '../usage/reservations/store.memory.ts';
import { createMemoryReplicaRegistry } from './registry.memory.ts';
import type { SharedAdapters } from './shared.ts';

export interface MemoryAdaptersDeps {
  /** How long the response cache keeps an answer, in milliseconds. */
  readonly cacheMs: number;
}

/** Creates the state of a service with one process, in memory. It is always available. */
export const createMemoryAdapters = ({ cacheMs }: MemoryAdaptersDeps): SharedAdapters => {
  const bus = createMemoryBus();
  const journal = createMemoryJournal();
  const queue = createMemoryQueue();
  const cache = createMemoryCache({ ttlMs: cacheMs });
  const backendSlots = createMemoryBackendSlots();

  return {
    isShared: false,
    bus,
    journal,
    queue,
    cache,
    replicaRegistry: createMemoryReplicaRegistry(),
    limits: createMemoryLimits(),
    runningSlots: createMemoryRunningSlots(),
    budgets: createMemoryBudgets(),
    limitHits: createMemoryLimitHits(),
    reservationStore: createMemoryReservationStore(),
    backendSlots,
    throttle: createMemoryThrottle(),
    lease: async () => true,
    check: async () => {},
    async close() {
      await queue.close();
      await journal.close();
      await bus.close();
      await backendSlots.close();
    },
  };
};
