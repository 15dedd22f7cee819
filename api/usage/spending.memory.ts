import { type Spending, spendingLastsMs } from './spending.ts';

/** What is spent in a service that is one process. `clock` in milliseconds. */
export const createMemorySpending = (clock = () => Date.now()): Spending => {
  /** By owner and answer. What is being made at once is bounded by the engine's slots. */
  const spent = new Map<string, Map<string, { readonly tokens: number; readonly at: number }>>();

  const forget = (ownerId: string, id: string) => {
    const answers = spent.get(ownerId);
    answers?.delete(id);
    if (answers?.size === 0) spent.delete(ownerId);
  };

  return {
    async report(ownerId, id, tokens) {
      const now = clock();
      const answers = spent.get(ownerId) ?? new Map();
      spent.set(ownerId, answers.set(id, { tokens, at: now }));
      let others = 0;
      for (const [other, { tokens: used, at }] of [...answers]) {
        if (at <= now - spendingLastsMs) forget(ownerId, other);
        else if (other !== id) others += used;
      }
      return others;
    },
    forget: async (ownerId, id) => forget(ownerId, id),
  };
};
