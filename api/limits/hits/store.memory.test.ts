import { describeHits } from './store.contract.ts';
import { createMemoryLimitHits } from './store.memory.ts';
import { limitHitTtlMs } from './store.ts';

describe('in memory', () => {
  describeHits(() => {
    const hits = createMemoryLimitHits();
    return { here: hits, there: hits };
  });

  it('starts a new summary a day after the last hit', async () => {
    let now = 0;
    const hits = createMemoryLimitHits(
      () => now,
      () => new Date(now),
    );
    const hit = { limit: 'QUOTA', userId: 'ada', address: null, count: 3 } as const;
    await hits.add([hit]);
    now = limitHitTtlMs - 1;
    expect(await hits.recent()).toHaveLength(1);
    now = limitHitTtlMs;
    expect(await hits.recent()).toEqual([]);
    await hits.add([hit]);
    expect(await hits.recent()).toMatchObject([{ count: 3, firstAt: new Date(now) }]);
  });
});
