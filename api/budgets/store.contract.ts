import type { Claim, Holder } from './budget.ts';
import type { BudgetStore } from './store.ts';

const user = (): Holder => ({ kind: 'USER', id: crypto.randomUUID() });
const claim = (holder: Holder, limit: number): Claim => ({ holder, limit });

/** `there` is another replica's store; the same one for a single process. */
export const describeBudgets = (
  open: () => { readonly here: BudgetStore; readonly there: BudgetStore },
): void => {
  describe('budgets', () => {
    let here: BudgetStore;
    let there: BudgetStore;
    beforeAll(() => {
      ({ here, there } = open());
    });
    afterAll(() => Promise.all([here.close(), there.close()]));

    const amountOf = async (holder: Holder) =>
      (await here.holdings()).find((held) => held.holder.id === holder.id)?.amount ?? 0;

    it('allow exactly the limit of 60 simultaneous acquisitions on two replicas', async () => {
      const holder = user();
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, at) =>
          (at % 2 ? here : there).acquire('STREAMS', [claim(holder, 7)], 1),
        ),
      );
      expect(outcomes.filter((rejection) => rejection === null)).toHaveLength(7);
      expect(outcomes.find((rejection) => rejection !== null)).toEqual({ holder, limit: 7, held: 7 });
      expect(await amountOf(holder)).toBe(7);
    });

    it('acquire for all holders or for none', async () => {
      const [owner, key]: Holder[] = [user(), { kind: 'KEY', id: crypto.randomUUID() }];
      if (!owner || !key) throw new Error('no holders');
      expect(await here.acquire('STREAMS', [claim(owner, 3), claim(key, 1)], 1)).toBeNull();
      const rejected = await there.acquire('STREAMS', [claim(owner, 3), claim(key, 1)], 1);
      expect(rejected).toEqual({ holder: key, limit: 1, held: 1 });
      expect(await amountOf(owner)).toBe(1);
    });

    it('count amounts separately for each resource', async () => {
      const holder = user();
      expect(await here.acquire('BUFFERED_BYTES', [claim(holder, 5_000_000_000)], 4_999_999_999)).toBeNull();
      expect(await there.acquire('BUFFERED_BYTES', [claim(holder, 5_000_000_000)], 2)).not.toBeNull();
      expect(await there.acquire('SOCKETS', [claim(holder, 1)], 1)).toBeNull();
    });

    it('are available again after a release, and never negative', async () => {
      const holder = user();
      await here.acquire('SOCKETS', [claim(holder, 1)], 1);
      here.release('SOCKETS', [holder], 1);
      expect(await here.acquire('SOCKETS', [claim(holder, 1)], 1)).toBeNull();
      here.release('SOCKETS', [holder], 1);
      here.release('SOCKETS', [holder], 1);
      expect(await here.acquire('SOCKETS', [claim(holder, 1)], 1)).toBeNull();
      expect(await here.acquire('SOCKETS', [claim(holder, 1)], 1)).not.toBeNull();
      here.release('SOCKETS', [holder], 1);
      expect(await amountOf(holder)).toBe(0);
    });

    it('are listed by amount, largest first', async () => {
      const [small, large] = [user(), user()];
      await here.acquire('STREAMS', [claim(small, 100)], 20);
      await here.acquire('STREAMS', [claim(large, 100)], 30);
      const ids = (await there.holdings()).map(({ holder }) => holder.id);
      expect(ids.indexOf(large.id)).toBeGreaterThanOrEqual(0);
      expect(ids.indexOf(large.id)).toBeLessThan(ids.indexOf(small.id));
    });
  });
};
