import { eventually } from '../process/eventually.testing.ts';
import type { Limits } from './limits.ts';

/** How far a process's clock may run ahead of the limits' clock within a test, in ms. */
const clockToleranceMs = 20;

const newKey = () => crypto.randomUUID();

/** `there` is another replica's. */
export const describeLimits = (open: () => { readonly here: Limits; readonly there: Limits }): void => {
  describe('limits', () => {
    const minute = { count: 10, windowMs: 60_000 };
    let here: Limits;
    let there: Limits;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('let through exactly as many as they say of 200 that come at once to two replicas', async () => {
      const key = newKey();
      const all = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 ? here : there).take(key, minute)),
      );
      const allowed = all.filter(({ isAllowed }) => isAllowed);
      expect(allowed).toHaveLength(10);
      expect(allowed.map(({ remaining }) => remaining).sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
      for (const { isAllowed, remaining, limit, resetMs } of all) {
        expect(limit).toBe(10);
        if (!isAllowed) expect(remaining).toBe(0);
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(60_000);
      }
    });

    it('let the next one through when the first is out of the span, and not before', async () => {
      const key = newKey();
      const rate = { count: 2, windowMs: 1000 };
      const [half, between] = [{ count: 1, windowMs: 500 }, newKey()];
      const startedAt = performance.now();
      await here.take(key, rate);
      // The limits' own clock says when half of the span is over.
      await here.take(between, half);
      await eventually(
        () => here.take(between, half),
        ({ isAllowed }) => isAllowed,
      );
      await here.take(key, rate);
      const refused = await there.take(key, rate);
      expect(refused.isAllowed).toBe(false);
      expect(refused.resetMs).toBeLessThanOrEqual(500);
      await eventually(
        () => there.take(key, rate),
        ({ isAllowed }) => isAllowed,
      );
      expect(performance.now() - startedAt).toBeGreaterThan(rate.windowMs - clockToleranceMs);
      expect((await there.take(key, rate)).isAllowed).toBe(false);
    });

    it('count keys apart, and nothing that was refused', async () => {
      const [one, other] = [newKey(), newKey()];
      const rate = { count: 1, windowMs: 200 };
      expect((await here.take(one, rate)).isAllowed).toBe(true);
      expect((await here.take(other, rate)).isAllowed).toBe(true);
      await eventually(
        () => here.take(one, rate),
        ({ isAllowed }) => isAllowed,
      );
    });
  });
};
