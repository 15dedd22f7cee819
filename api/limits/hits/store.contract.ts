import { setTimeout as sleep } from 'node:timers/promises';
import { type LimitHit, type LimitHitStore, maxLimitHits } from './store.ts';

const someone = (): LimitHit => ({ limit: 'REQUEST_RATE', userId: crypto.randomUUID(), address: null });

/** Resolves when the clock shows another millisecond, so that what follows is later than what came before. */
const nextMillisecond = async (): Promise<void> => {
  const now = Date.now();
  while (Date.now() === now) await sleep(1);
};

/** `there` is another replica's. */
export const describeHits = (
  open: () => { readonly here: LimitHitStore; readonly there: LimitHitStore },
): void => {
  describe('who ran into which limit', () => {
    let here: LimitHitStore;
    let there: LimitHitStore;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('is known once for each, with how often, wherever it was', async () => {
      const hit = someone();
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

    it('is told with the newest first', async () => {
      const [one, other] = [someone(), someone()];
      await here.add([{ ...one, count: 1 }]);
      await here.add([{ ...other, count: 1 }]);
      await nextMillisecond();
      await there.add([{ ...one, count: 1 }]);
      const [newest] = await here.recent();
      expect(newest).toMatchObject({ ...one, count: 2 });
    });

    it('is forgotten where there are more than are kept, those longest ago first', async () => {
      const first = someone();
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
