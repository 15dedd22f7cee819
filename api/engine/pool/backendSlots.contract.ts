import type { BackendSlot, BackendSlots } from './backendSlots.ts';

/** What each adapter promises by its port. `open` gives what one more replica would have; the suite closes it. */
export function describeBackendSlots(name: string, open: () => BackendSlots): void {
  describe(name, () => {
    let backendSlots: BackendSlots;
    /** Backends of this test alone. */
    let [a, b, c] = ['', '', ''];
    let test = 0;
    const taken: BackendSlot[] = [];

    beforeAll(() => {
      backendSlots = open();
    });
    beforeEach(() => {
      test += 1;
      [a, b, c] = [`http://a:${test}`, `http://b:${test}`, `http://c:${test}`];
    });
    afterEach(async () => {
      await Promise.all(taken.splice(0).map((lease) => lease.release()));
    });
    afterAll(() => backendSlots.close());

    const take = async (groups: readonly (readonly string[])[], limit: number, from = backendSlots) => {
      const lease = await from.acquire(groups, limit);
      if (lease) taken.push(lease);
      return lease;
    };

    it('gives as many places at a backend as it has, and no more', async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => take([[a]], 3)));
      expect(all.filter((lease) => lease !== null)).toHaveLength(3);
    });

    it('gives a place again that was given back, once', async () => {
      const lease = await take([[a]], 1);
      await lease?.release();
      await lease?.release();
      expect(await take([[a]], 1)).toMatchObject({ backend: a });
      await lease?.release();
      expect(await take([[a]], 1)).toBeNull();
    });

    it('prefers the backend that runs least, and among equals the first', async () => {
      const backends: (string | undefined)[] = [];
      for (let count = 0; count < 6; count += 1) backends.push((await take([[b, a, c]], 2))?.backend);
      expect(backends).toEqual([b, a, c, b, a, c]);
    });

    it('goes to the next group only where the one before is full', async () => {
      await take([[b]], 2);
      const backends: (string | undefined)[] = [];
      for (let count = 0; count < 6; count += 1) backends.push((await take([[a, b], [c]], 2))?.backend);
      // The last finds none: b had one already.
      expect(backends).toEqual([a, a, b, c, c, undefined]);
    });

    it('has nothing to give where no backend is named', async () => {
      expect(await backendSlots.acquire([], 4)).toBeNull();
      expect(await backendSlots.acquire([[], []], 4)).toBeNull();
    });

    it('tells who waits that a place was given back', async () => {
      const lease = await take([[a]], 1);
      const told = Promise.withResolvers<void>();
      const stop = backendSlots.onRelease(() => told.resolve());
      await lease?.release();
      await told.promise;
      stop();
    });

    it('gives back at its end what it held', async () => {
      const other = open();
      await other.acquire([[a]], 1);
      await other.close();
      const again = open();
      expect(await again.acquire([[a]], 1)).not.toBeNull();
      await again.close();
    });
  });
}
