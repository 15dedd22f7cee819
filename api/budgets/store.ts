import type { Claim, Holder, Holding, Rejection, Resource } from './budget.ts';

/**
 * Counts what callers hold on all replicas together. Of simultaneous acquisitions exactly as many succeed as the limits
 * allow. Holdings are leased: holdings of a dead process expire within `leaseMs`. While the shared counts are unavailable,
 * each process enforces the limits by itself. No method rejects.
 */
export interface BudgetStore {
  /** Acquires `amount` for every claim, or for none. Resolves to null on success. */
  acquire(resource: Resource, claims: readonly Claim[], amount: number): Promise<Rejection | null>;
  /** Releases what this process acquired. Releasing more than is held leaves zero. */
  release(resource: Resource, holders: readonly Holder[], amount: number): void;
  /** Returns the holdings on all replicas, the largest first, at most `maxHoldings`. */
  holdings(): Promise<readonly Holding[]>;
  /** Releases everything that this process still holds. */
  close(): Promise<void>;
}

export const maxHoldings = 500;

/** The lifetime of a holding after its process died, in milliseconds. */
export const leaseMs = 15_000;
