import { createHoldingCounter } from './holdingCounter.ts';
import { type BudgetStore, maxHoldings } from './store.ts';

/** Counts the holdings of a single process. */
export const createMemoryBudgets = (): BudgetStore => {
  const counter = createHoldingCounter();
  return {
    acquire: async (resource, claims, amount) => counter.tryAcquire(resource, claims, amount),
    release(resource, holders, amount) {
      for (const holder of holders) counter.release(resource, holder, amount);
    },
    holdings: async () => counter.holdings().slice(0, maxHoldings),
    close: async () => {},
  };
};
