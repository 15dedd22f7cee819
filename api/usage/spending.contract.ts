import type { Spending } from './spending.ts';

const newOwner = () => crypto.randomUUID();

/** `there` is another replica's. */
export const describeSpending = (open: () => { readonly here: Spending; readonly there: Spending }): void => {
  describe('what answers have used so far', () => {
    let here: Spending;
    let there: Spending;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it("is known to the owner's others, wherever they are made, by what was said last", async () => {
      const owner = newOwner();
      expect(await here.report(owner, 'one', 5)).toBe(0);
      expect(await there.report(owner, 'other', 7)).toBe(5);
      expect(await here.report(owner, 'one', 50)).toBe(7);
      expect(await there.report(owner, 'third', 1)).toBe(57);
    });

    it('is no more once one has ended', async () => {
      const owner = newOwner();
      await here.report(owner, 'one', 5);
      await there.forget(owner, 'one');
      expect(await here.report(owner, 'other', 1)).toBe(0);
      await here.forget(owner, 'one that nobody knows');
    });

    it('is counted apart for each user', async () => {
      await here.report(newOwner(), 'one', 5);
      expect(await here.report(newOwner(), 'other', 1)).toBe(0);
    });
  });
};
