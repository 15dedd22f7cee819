import { describeHits } from './hits.contract.ts';
import { createMemoryHits } from './hits.memory.ts';
import { hitsLastMs } from './hits.ts';

describe('in memory', () => {
  describeHits(() => {
    const hits = createMemoryHits();
    return { here: hits, there: hits };
  });

  it('counts anew who has not run into it for a day', async () => {
    let now = 0;
    const hits = createMemoryHits(
      () => now,
      () => new Date(now),
    );
    const hit = { limit: 'QUOTA', userId: 'someone', address: null, count: 3 } as const;
    await hits.add([hit]);
    now = hitsLastMs - 1;
    expect(await hits.recent()).toHaveLength(1);
    now = hitsLastMs;
    expect(await hits.recent()).toEqual([]);
    await hits.add([hit]);
    expect(await hits.recent()).toMatchObject([{ count: 3, firstAt: new Date(now) }]);
  });
});
