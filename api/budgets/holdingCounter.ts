import {
  byAmount,
  type Claim,
  type Holder,
  type Holding,
  nameOf,
  parseName,
  type Rejection,
  type Resource,
} from './budget.ts';

/** Counts what callers hold in this process. Synchronous, so it can be used in the middle of a write. */
export interface HoldingCounter {
  /** Acquires `amount` for every claim, or for none. Returns the first exceeded claim; null on success. */
  tryAcquire(resource: Resource, claims: readonly Claim[], amount: number): Rejection | null;
  /** Adds without checking the limit. */
  add(resource: Resource, holder: Holder, amount: number): void;
  release(resource: Resource, holder: Holder, amount: number): void;
  held(resource: Resource, holder: Holder): number;
  holdings(): readonly Holding[];
}

/** Creates a counter. It has entries only for current holdings, so its size is bounded by their number. */
export const createHoldingCounter = (): HoldingCounter => {
  const amounts = new Map<string, number>();

  const add = (resource: Resource, holder: Holder, amount: number): void => {
    const name = nameOf(resource, holder);
    const sum = (amounts.get(name) ?? 0) + amount;
    if (sum > 0) amounts.set(name, sum);
    else amounts.delete(name);
  };
  const held = (resource: Resource, holder: Holder): number => amounts.get(nameOf(resource, holder)) ?? 0;

  return {
    tryAcquire(resource, claims, amount) {
      for (const { holder, limit } of claims) {
        const already = held(resource, holder);
        if (already + amount > limit) return { holder, limit, held: already };
      }
      for (const { holder } of claims) add(resource, holder, amount);
      return null;
    },
    add,
    release: (resource, holder, amount) => add(resource, holder, -amount),
    held,
    holdings: () => [...amounts].map(([name, amount]) => ({ ...parseName(name), amount })).sort(byAmount),
  };
};
