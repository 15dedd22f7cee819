import { eventually } from '../process/eventually.testing.ts';
import type { Limits } from './limits.ts';

/** The maximum drift between this process's clock and the limits' clock within a test, in ms. */
const clockToleranceMs = 20;

const newKey = () => crypto.randomUUID();

/** Tests the promises of `Limits`. `there` belongs to another replica. */
export const describeLimits = (open: () => { readonly here: Limits; readonly there: Limits }): void => {
  describe('limits', () => {
    const minute = { count: 10, windowMs: 60_000 };
    let here: Limits;
    let there: Limits;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('allow exactly as many of 200 concurrent calls on two replicas as the rate', async () => {
      const key = newKey();
      const all = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 ? here : there).consume(key, minute)),
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

    it('allow the next call when the first one has left the window, and not before', async () => {
      const key = newKey();
      const rate = { count: 2, windowMs: 1000 };
      const [half, between] = [{ count: 1, windowMs: 500 }, newKey()];
      const startedAt = performance.now();
      await here.consume(key, rate);
      // The limits' own clock says when half of the window is over.
      await here.consume(between, half);
      await eventually(
        () => here.consume(between, half),
        ({ isAllowed }) => isAllowed,
      );
      await here.consume(key, rate);
      const refused = await there.consume(key, rate);
      expect(refused.isAllowed).toBe(false);
      expect(refused.resetMs).toBeLessThanOrEqual(500);
      await eventually(
        () => there.consume(key, rate),
        ({ isAllowed }) => isAllowed,
      );
      expect(performance.now() - startedAt).toBeGreaterThan(rate.windowMs - clockToleranceMs);
      expect((await there.consume(key, rate)).isAllowed).toBe(false);
    });

    it('show what the next call would get, without counting it', async () => {
      const key = newKey();
      const rate = { count: 2, windowMs: 60_000 };
      for (const limits of [here, there]) {
        expect(await limits.peek(key, rate)).toEqual({ isAllowed: true, limit: 2, remaining: 2, resetMs: 0 });
      }
      await here.consume(key, rate);
      const one = await there.peek(key, rate);
      expect(one).toMatchObject({ isAllowed: true, limit: 2, remaining: 1 });
      await there.consume(key, rate);
      for (let count = 0; count < 3; count += 1) {
        const { isAllowed, remaining, resetMs } = await here.peek(key, rate);
        expect([isAllowed, remaining]).toEqual([false, 0]);
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(60_000);
      }
      const brief = { count: 1, windowMs: 100 };
      const other = newKey();
      await here.consume(other, brief);
      await eventually(
        () => there.peek(other, brief),
        ({ isAllowed }) => isAllowed,
      );
      expect((await here.consume(other, brief)).isAllowed).toBe(true);
    });

    it('count each key separately, and no rejected calls', async () => {
      const [one, other] = [newKey(), newKey()];
      const rate = { count: 1, windowMs: 200 };
      expect((await here.consume(one, rate)).isAllowed).toBe(true);
      expect((await here.consume(other, rate)).isAllowed).toBe(true);
      await eventually(
        () => here.consume(one, rate),
        ({ isAllowed }) => isAllowed,
      );
    });
  });
};
