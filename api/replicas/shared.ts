import type { BudgetStore } from '../budgets/store.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import type { ResponseCache } from '../generations/cache/cache.ts';
import type { Journal } from '../generations/journal/journal.ts';
import type { Queue } from '../generations/queue/queue.ts';
import type { HitStore } from '../limits/hits/hits.ts';
import type { Limits } from '../limits/limits.ts';
import type { Places } from '../limits/running/runningSlots.ts';
import type { SignInThrottle } from '../limits/throttle/throttle.ts';
import type { Bus } from '../realtime/bus.ts';
import type { ReservationStore } from '../usage/reservations/store.ts';
import type { Presence } from './presence.ts';

/** What replicas have between them beside the store; in a service of one process, what its parts have. */
export interface SharedAdapters {
  /** Whether other processes may be there too. */
  readonly isShared: boolean;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cache: ResponseCache;
  readonly presence: Presence;
  /** How often somebody does something. */
  readonly limits: Limits;
  /** How many of somebody's answers are made at once. */
  readonly places: Places;
  /** What callers hold. */
  readonly budgets: BudgetStore;
  /** Who ran into which limit. */
  readonly hits: HitStore;
  /** What of their quotas users spend just now. */
  readonly reservationStore: ReservationStore;
  /** What runs at each engine. */
  readonly backendSlots: BackendSlots;
  /** What keeps guessing passwords slow. */
  readonly throttle: SignInThrottle;
  /**
   * For what one replica does for all: whether it is this one's to do now. Nobody else's it is then for `forMs`
   * milliseconds, done or not. Rejects with `SERVICE_UNAVAILABLE` where that can't be known.
   */
  lease(name: string, forMs: number): Promise<boolean>;
  /** Throws where it is away. */
  check(): Promise<void>;
  /** Closes all of it, once nothing uses it any more. */
  close(): Promise<void>;
}
