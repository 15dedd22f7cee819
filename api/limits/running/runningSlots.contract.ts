import type { RunningSlots } from './runningSlots.ts';

const newKey = () => crypto.randomUUID();

/** Tests the promises of `RunningSlots`. `there` belongs to another replica. */
export const describeRunningSlots = (
  open: () => { readonly here: RunningSlots; readonly there: RunningSlots },
): void => {
  describe('running slots', () => {
    let here: RunningSlots;
    let there: RunningSlots;
    beforeAll(() => {
      ({ here, there } = open());
    });

    it('are acquired by exactly as many of 50 concurrent calls on two replicas as there are slots', async () => {
      const key = newKey();
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? here : there).acquire(key, `id ${index}`, 2)),
      );
      expect(all.filter(({ outcome }) => outcome === 'ACQUIRED')).toHaveLength(2);
      const full = all.flatMap((result) => (result.outcome === 'FULL' ? [result.holders] : []));
      expect(full).toHaveLength(48);
      for (const holders of full) {
        expect(holders).toHaveLength(2);
        for (const { heldMs } of holders) expect(heldMs).toBeGreaterThanOrEqual(0);
      }
    });

    it('are held once by each holder, however often it acquires one', async () => {
      const key = newKey();
      expect(await here.acquire(key, 'one', 2)).toEqual({ outcome: 'ACQUIRED' });
      expect(await there.acquire(key, 'one', 2)).toEqual({ outcome: 'HELD' });
      expect(await there.acquire(key, 'other', 2)).toEqual({ outcome: 'ACQUIRED' });
      expect(await here.acquire(key, 'third', 2)).toMatchObject({ outcome: 'FULL' });
      expect(await here.acquire(key, 'other', 2)).toEqual({ outcome: 'HELD' });
    });

    it('are free for others once released, on any replica', async () => {
      const key = newKey();
      await here.acquire(key, 'one', 1);
      await there.release(key, ['one', 'an id without a slot']);
      expect(await here.acquire(key, 'other', 1)).toEqual({ outcome: 'ACQUIRED' });
      await here.release(key, []);
      const full = await there.acquire(key, 'one', 1);
      expect(full).toEqual({ outcome: 'FULL', holders: [{ id: 'other', heldMs: expect.any(Number) }] });
    });

    it('are counted separately for each key', async () => {
      const [one, other] = [newKey(), newKey()];
      await here.acquire(one, 'id', 1);
      expect(await here.acquire(other, 'id', 1)).toEqual({ outcome: 'ACQUIRED' });
    });
  });
};
