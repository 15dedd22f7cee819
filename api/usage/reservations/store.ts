import type { OwnedAmounts } from '../../budgets/holdingSource.ts';

/** The reservation of an answer. */
export interface Reservation {
  /** The answer's id. */
  readonly id: string;
  /** The attempt that reserved last. */
  readonly attempt: number;
  /** The age of the reservation, in milliseconds. */
  readonly heldMs: number;
}

export interface ReserveRequest {
  readonly ownerId: string;
  /** The answer's id. */
  readonly id: string;
  readonly attempt: number;
  /** The total that the answer needs at least. */
  readonly minTokens: number;
  /** The total that the answer would like to reserve. */
  readonly wantedTokens: number;
  /** The total that all answers of the owner may reserve, in tokens. */
  readonly availableTokens: number;
  /** The version at which `availableTokens` was computed. */
  readonly version: number;
  /** The lifetime of the reservation unless it is renewed, in milliseconds. */
  readonly leaseMs: number;
}

export type Reserved =
  /** The answer's reservation is now `tokens` in total: as many as it wanted, or as were available. */
  | { readonly outcome: 'GRANTED'; readonly tokens: number }
  /** An answer was settled since `availableTokens` was computed. Compute it again. */
  | { readonly outcome: 'STALE' }
  | {
      readonly outcome: 'REJECTED';
      /** The reserved tokens of the owner's other answers. */
      readonly others: number;
      /** The reservations of those answers. */
      readonly holders: readonly Reservation[];
      /** Whether one of them is being settled: its tokens may already be in the usage. */
      readonly isSettling: boolean;
    };

/**
 * Stores the tokens of quotas that unfinished answers have reserved, on all replicas together. An answer is settled in
 * three steps: `markSettling`, then its usage is added to the usage store, then `release`. Each release changes the
 * owner's version, which invalidates `availableTokens` computed before. So a grant overlooks no tokens and counts none
 * twice. Rejects with `SERVICE_UNAVAILABLE` when the store is unavailable.
 */
export interface ReservationStore {
  version(ownerId: string): Promise<number>;
  /**
   * Replaces the answer's reservation atomically. A rejection leaves it unchanged, and so does a request of an attempt
   * before the one that reserved last.
   */
  reserve(request: ReserveRequest): Promise<Reserved>;
  /** Marks the reservation as being settled. Does not change the one of a later attempt. */
  markSettling(ownerId: string, id: string, attempt: number): Promise<void>;
  /** Returns the reserved tokens per owner: the `max` largest numbers, and the sum of at most `maxListed` owners' tokens. */
  largest(max: number): Promise<OwnedAmounts>;
  /** Removes the reservation. Does not change the one of a later attempt. */
  release(ownerId: string, id: string, attempt: number): Promise<void>;
}

/** The maximum number of owners whose reservations are listed. */
export const maxListed = 1000;

/** The maximum lifetime of a reservation, in milliseconds. */
export const maxLeaseMs = 10 * 60_000;
