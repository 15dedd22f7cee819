import type { Claim, Holder, Holding, Refusal, Resource } from './budget.ts';

/**
 * Counts what callers hold. Of any number of simultaneous acquisitions exactly as many succeed as the limits allow, on
 * all replicas together. Holdings are leased: those of a process that dies vanish within `leaseMs`. Where the shared
 * counts are unavailable, each process keeps to the limits by itself. No method rejects.
 */
export interface BudgetStore {
  /** Acquires `amount` for every claim, or for none. Resolves to null on success. */
  acquire(resource: Resource, claims: readonly Claim[], amount: number): Promise<Refusal | null>;
  /** Releases what this process acquired. Releasing more than is held leaves zero. */
  release(resource: Resource, holders: readonly Holder[], amount: number): void;
  /** What callers hold on all replicas, the largest amounts first, at most `maxHoldings`. */
  holdings(): Promise<readonly Holding[]>;
  /** Gives up what this process still holds. */
  close(): Promise<void>;
}

export const maxHoldings = 500;

/** How long a holding outlives its process, in milliseconds. */
export const leaseMs = 15_000;
