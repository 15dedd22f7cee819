import { setTimeout as sleep } from 'node:timers/promises';
import { type LimitHit, type LimitHitStore, maxLimitHits } from './store.ts';

const newHit = (): LimitHit => ({ limit: 'REQUEST_RATE', userId: crypto.randomUUID(), address: null });

/** Resolves in the next millisecond, so that later events get a later timestamp. */
const nextMillisecond = async (): Promise<void> => {
  const now = Date.now();
  while (Date.now() === now) await sleep(1);
};

/** Tests the promises of `LimitHitStore`. `there` belongs to another replica. */
export const describeHits = (
  open: () => { readonly here: LimitHitStore; readonly there: LimitHitStore },
): void => {
  describe('the store of limit hits', () => {
    let here: LimitHitStore;
    let there: LimitHitStore;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('keeps one summary per caller and limit, with the number of hits on all replicas', async () => {
      const hit = newHit();
      const other = { ...hit, limit: 'QUOTA' } as const;
      const before = Date.now() - 1000;
      await here.add([{ ...hit, count: 2 }]);
      await there.add([
        { ...other, count: 1 },
        { ...hit, count: 3 },
      ]);
      const mine = (await here.recent()).filter(({ userId }) => userId === hit.userId);
      expect(mine).toHaveLength(2);
      expect(mine).toContainEqual({
        ...hit,
        count: 5,
        firstAt: expect.any(Date),
        lastAt: expect.any(Date),
      });
      expect(mine).toContainEqual(expect.objectContaining({ ...other, count: 1 }));
      for (const { firstAt, lastAt } of mine) {
        expect(firstAt.getTime()).toBeGreaterThan(before);
        expect(lastAt.getTime()).toBeGreaterThanOrEqual(firstAt.getTime());
      }
    });

    it('returns the summary with the latest hit first', async () => {
      const [one, other] = [newHit(), newHit()];
      await here.add([{ ...one, count: 1 }]);
      await here.add([{ ...other, count: 1 }]);
      await nextMillisecond();
      await there.add([{ ...one, count: 1 }]);
      const [newest] = await here.recent();
      expect(newest).toMatchObject({ ...one, count: 2 });
    });

    it('drops the summaries with the oldest hits above the maximum', async () => {
      const first = newHit();
      await here.add([{ ...first, count: 1 }]);
      await nextMillisecond();
      await here.add(
        Array.from({ length: maxLimitHits }, (_, index) => ({
          limit: 'ADDRESS_RATE' as const,
          userId: null,
          address: `10.0.${index >> 8}.${index & 255}`,
          count: 1,
        })),
      );
      const recent = await there.recent();
      expect(recent).toHaveLength(maxLimitHits);
      expect(recent.some(({ userId }) => userId === first.userId)).toBe(false);
    });
  });
};
