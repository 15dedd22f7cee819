import type { BudgetStore } from '../budgets/store.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import type { ResponseCache } from '../generations/cache/cache.ts';
import type { Journal } from '../generations/journal/journal.ts';
import type { Queue } from '../generations/queue/queue.ts';
import type { LimitHitStore } from '../limits/hits/store.ts';
import type { Limits } from '../limits/limits.ts';
import type { RunningSlots } from '../limits/running/runningSlots.ts';
import type { SignInThrottle } from '../limits/throttle/throttle.ts';
import type { Bus } from '../realtime/bus.ts';
import type { ReservationStore } from '../usage/reservations/store.ts';
import type { ReplicaRegistry } from './registry.ts';

/** The state that replicas share besides the store: in memory for one process, on Redis for many. */
export interface SharedAdapters {
  /** Whether other processes may use the same state. */
  readonly isShared: boolean;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cache: ResponseCache;
  readonly replicaRegistry: ReplicaRegistry;
  /** Rate limits. */
  readonly limits: Limits;
  /** The running limit: concurrent generations per user. */
  readonly runningSlots: RunningSlots;
  /** Concurrency and connection limits per caller. */
  readonly budgets: BudgetStore;
  /** The log of callers that reached a limit. */
  readonly limitHits: LimitHitStore;
  /** Quota tokens that running generations have reserved. */
  readonly reservationStore: ReservationStore;
  /** The running generations of each engine backend. */
  readonly backendSlots: BackendSlots;
  /** Slows down password guessing. */
  readonly throttle: SignInThrottle;
  /**
   * Acquires the lease `name` for `forMs` milliseconds, for a task that one replica does for all. It can't be released
   * early. Resolves to false while another replica holds it. Rejects with `SERVICE_UNAVAILABLE`.
   */
  lease(name: string, forMs: number): Promise<boolean>;
  /** Throws if the shared state is unavailable. */
  check(): Promise<void>;
  /** Closes all adapters. Call it when nothing uses them any more. */
  close(): Promise<void>;
}
