import {
  byAmount,
  type Claim,
  type Holder,
  type Holding,
  nameOf,
  parseName,
  type Refusal,
  type Resource,
} from './budget.ts';

/** What callers hold in this process. Synchronous, so it can be asked in the middle of a write. */
export interface HoldingCounter {
  tryAcquire(resource: Resource, claims: readonly Claim[], amount: number): Refusal | null;
  /** Adds without asking for the limit. */
  add(resource: Resource, holder: Holder, amount: number): void;
  release(resource: Resource, holder: Holder, amount: number): void;
  held(resource: Resource, holder: Holder): number;
  holdings(): readonly Holding[];
}

/** An entry exists only while something is held, so the holders are bounded by what is open. */
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
