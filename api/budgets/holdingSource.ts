import type { Resource } from './budget.ts';

/** The amount of a resource that a user holds. */
export interface OwnedAmount {
  readonly ownerId: string;
  readonly amount: number;
}

/** What users hold of a resource on all replicas together. */
export interface OwnedAmounts {
  /** The largest amounts first. */
  readonly largest: readonly OwnedAmount[];
  /** The sum of all users' amounts. */
  readonly total: number;
}

/** A resource that another service counts and limits, so that it is listed with those of the budgets. */
export interface HoldingSource {
  readonly resource: Resource;
  /** Returns the `max` largest amounts. Rejects with `SERVICE_UNAVAILABLE` while they can't be read. */
  read(max: number): Promise<OwnedAmounts>;
}

/** Returns the `max` largest amounts, and the sum of all. */
export const largestOf = (amounts: readonly OwnedAmount[], max: number): OwnedAmounts => ({
  largest: amounts
    .filter(({ amount }) => amount > 0)
    .sort((one, other) => other.amount - one.amount)
    .slice(0, max),
  total: amounts.reduce((sum, { amount }) => sum + amount, 0),
});
