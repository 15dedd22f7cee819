/** An answer that holds a reservation. */
export interface Reservation {
  readonly id: string;
  /** The attempt at the answer that reserved last. */
  readonly attempt: number;
  /** For how long, in milliseconds. */
  readonly heldMs: number;
}

export interface ReserveRequest {
  readonly ownerId: string;
  /** The answer. */
  readonly id: string;
  readonly attempt: number;
  /** What the answer must have in all, in tokens, and what it would like to have. */
  readonly minTokens: number;
  readonly wantedTokens: number;
  /** What the owner's answers may hold together, in tokens. */
  readonly availableTokens: number;
  /** The version at which `availableTokens` was computed. */
  readonly version: number;
  /** How long the reservation lasts unless it is repeated, in milliseconds. */
  readonly leaseMs: number;
}

export type Reserved =
  /** The answer holds `tokens` in all: as many as were wanted, or as the room has. */
  | { readonly outcome: 'GRANTED'; readonly tokens: number }
  /** Something was settled since `availableTokens` was computed. Compute it again. */
  | { readonly outcome: 'STALE' }
  | {
      readonly outcome: 'REFUSED';
      /** What the owner's other answers hold, in tokens, and which they are. */
      readonly others: number;
      readonly holders: readonly Reservation[];
      /** Whether one of them is being settled: its tokens may be in the usage already. */
      readonly isSettling: boolean;
    };

/**
 * The tokens that answers in the making have reserved of their owners' quotas, on all replicas together. An answer
 * settles in three steps: `markSettling`, then its usage is added to the store, then `release`. The version of an owner
 * changes with each release: a room that was computed before is never used after it. So no tokens are overlooked, and
 * none are counted twice in a grant. Rejects with `SERVICE_UNAVAILABLE` where that can't be known.
 */
export interface ReservationStore {
  version(ownerId: string): Promise<number>;
  /**
   * Replaces what the answer holds, in one atomic step. A refusal leaves it as it is, and so does a request of an earlier
   * attempt than the one that reserved last.
   */
  reserve(request: ReserveRequest): Promise<Reserved>;
  /** Marks the reservation as being settled. Nothing for a later attempt's. */
  markSettling(ownerId: string, id: string, attempt: number): Promise<void>;
  /** Removes the reservation. Nothing for a later attempt's. */
  release(ownerId: string, id: string, attempt: number): Promise<void>;
}

/** How long a reservation lasts at most, in milliseconds. */
export const maxLeaseMs = 10 * 60_000;
