import { defaultCallerLimits } from '../config/values/callerLimits.ts';
import { type BudgetCaller, createBudgets } from './budgets.ts';
import { createMemoryBudgets } from './store.memory.ts';

describe('buffered bytes', () => {
  const start = () =>
    createBudgets({
      store: createMemoryBudgets(),
      limits: { ...defaultCallerLimits, bufferedBytes: 1600 },
      recordLimitHit: () => {},
    });
  const caller = (id: string): BudgetCaller =>
    ({ viewer: { user: { id }, apiKey: null }, address: null }) as unknown as BudgetCaller;
  const address = (address: string): BudgetCaller => ({ viewer: null, address });

  /** Holds chunks of 100 bytes until it is rejected. Returns the held bytes. */
  const fill = (budgets: ReturnType<typeof start>, who: BudgetCaller): number => {
    for (let bytes = 0; ; bytes += 100) {
      try {
        budgets.holdBytes(who, 100);
      } catch {
        return bytes;
      }
    }
  };

  it('of a few users leave room for those who hold little', () => {
    const budgets = start();
    expect(fill(budgets, caller('mallory'))).toBe(1600);
    expect(fill(budgets, caller('trudy'))).toBe(800);
    // A sixteenth of the limit for each other user, as long as the reserve lasts.
    for (const name of ['alice', 'bob', 'carol']) expect(fill(budgets, caller(name))).toBe(100);
    const others = Array.from({ length: 10 }, (_, index) => fill(budgets, caller(`user ${index}`)));
    expect(others.reduce((sum, bytes) => sum + bytes)).toBe(500);
  });

  it('of one anonymous address leave room for others', () => {
    const budgets = start();
    expect(fill(budgets, address('192.0.2.1'))).toBe(1600);
    expect(fill(budgets, address('192.0.2.2'))).toBe(100);
    expect(fill(budgets, caller('alice'))).toBe(1600);
  });
});
