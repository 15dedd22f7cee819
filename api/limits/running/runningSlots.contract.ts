import type { Places } from './runningSlots.ts';

const newKey = () => crypto.randomUUID();

/** `there` is another replica's. */
export const describeRunningSlots = (open: () => { readonly here: Places; readonly there: Places }): void => {
  describe('places', () => {
    let here: Places;
    let there: Places;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('are given to exactly as many as there are of 50 that come at once to two replicas', async () => {
      const key = newKey();
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? here : there).take(key, `id ${index}`, 2)),
      );
      expect(all.filter(({ outcome }) => outcome === 'TAKEN')).toHaveLength(2);
      const full = all.flatMap((placed) => (placed.outcome === 'FULL' ? [placed.holders] : []));
      expect(full).toHaveLength(48);
      for (const holders of full) {
        expect(holders).toHaveLength(2);
        for (const { heldMs } of holders) expect(heldMs).toBeGreaterThanOrEqual(0);
      }
    });

    it('are held once by each, however often it asks', async () => {
      const key = newKey();
      expect(await here.take(key, 'one', 2)).toEqual({ outcome: 'TAKEN' });
      expect(await there.take(key, 'one', 2)).toEqual({ outcome: 'HELD' });
      expect(await there.take(key, 'other', 2)).toEqual({ outcome: 'TAKEN' });
      expect(await here.take(key, 'third', 2)).toMatchObject({ outcome: 'FULL' });
      expect(await here.take(key, 'other', 2)).toEqual({ outcome: 'HELD' });
    });

    it('are there for others once given back, whoever gives them', async () => {
      const key = newKey();
      await here.take(key, 'one', 1);
      await there.giveBack(key, ['one', 'somebody who holds none']);
      expect(await here.take(key, 'other', 1)).toEqual({ outcome: 'TAKEN' });
      await here.giveBack(key, []);
      const full = await there.take(key, 'one', 1);
      expect(full).toEqual({ outcome: 'FULL', holders: [{ id: 'other', heldMs: expect.any(Number) }] });
    });

    it('are counted apart for each key', async () => {
      const [one, other] = [newKey(), newKey()];
      await here.take(one, 'id', 1);
      expect(await here.take(other, 'id', 1)).toEqual({ outcome: 'TAKEN' });
    });
  });
};
