import { describeSpending } from './spending.contract.ts';
import { createMemorySpending } from './spending.memory.ts';
import { spendingLastsMs } from './spending.ts';

describe('in memory', () => {
  describeSpending(() => {
    const spending = createMemorySpending();
    return { here: spending, there: spending };
  });

  it('forgets an answer that is not spoken of any more', async () => {
    let now = 0;
    const spending = createMemorySpending(() => now);
    await spending.report('owner', 'dead', 5);
    now += spendingLastsMs - 1;
    expect(await spending.report('owner', 'alive', 1)).toBe(5);
    now += 1;
    expect(await spending.report('owner', 'alive', 2)).toBe(0);
  });
});
