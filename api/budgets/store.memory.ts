import { createLedger } from './holdingCounter.ts';
import { type BudgetStore, maxHoldings } from './store.ts';

/** The budgets of a service that is one process. */
export const createMemoryBudgets = (): BudgetStore => {
  const ledger = createLedger();
  return {
    acquire: async (resource, claims, amount) => ledger.tryAcquire(resource, claims, amount),
    release(resource, holders, amount) {
      for (const holder of holders) ledger.release(resource, holder, amount);
    },
    holdings: async () => ledger.holdings().slice(0, maxHoldings),
    close: async () => {},
  };
};
