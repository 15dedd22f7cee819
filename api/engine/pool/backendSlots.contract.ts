import type { BackendSlot, BackendSlots } from './backendSlots.ts';

/** The contract suite of the port. `open` returns the slots of another replica; the suite closes them. */
export function describeBackendSlots(name: string, open: () => BackendSlots): void {
  describe(name, () => {
    let backendSlots: BackendSlots;
    /** Backends that only this test uses. */
    let [a, b, c] = ['', '', ''];
    let test = 0;
    const acquired: BackendSlot[] = [];

    beforeAll(() => {
      backendSlots = open();
    });
    beforeEach(() => {
      test += 1;
      [a, b, c] = [`http://a:${test}`, `http://b:${test}`, `http://c:${test}`];
    });
    afterEach(async () => {
      await Promise.all(acquired.splice(0).map((slot) => slot.release()));
    });
    afterAll(() => backendSlots.close());

    const acquire = async (groups: readonly (readonly string[])[], limit: number) => {
      const slot = await backendSlots.acquire(groups, limit);
      if (slot) acquired.push(slot);
      return slot;
    };

    it('grants slots of a backend up to the limit, and no more', async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => acquire([[a]], 3)));
      expect(all.filter((slot) => slot !== null)).toHaveLength(3);
    });

    it('grants a released slot again, but only once after two releases', async () => {
      const slot = await acquire([[a]], 1);
      await slot?.release();
      await slot?.release();
      expect(await acquire([[a]], 1)).toMatchObject({ backend: a });
      await slot?.release();
      expect(await acquire([[a]], 1)).toBeNull();
    });

    it('prefers the backend with the fewest running requests, and the first among equals', async () => {
      const backends: (string | undefined)[] = [];
      for (let count = 0; count < 6; count += 1) backends.push((await acquire([[b, a, c]], 2))?.backend);
      expect(backends).toEqual([b, a, c, b, a, c]);
    });

    it('uses a group only when the groups before it are full', async () => {
      await acquire([[b]], 2);
      const backends: (string | undefined)[] = [];
      for (let count = 0; count < 6; count += 1) backends.push((await acquire([[a, b], [c]], 2))?.backend);
      // The last request gets no slot: b already ran one.
      expect(backends).toEqual([a, a, b, c, c, undefined]);
    });

    it('grants free slots in the order of the places that wait, and to requests without a place last', async () => {
      const first = await acquire([[a]], 1);
      expect(await backendSlots.acquire([[a]], 1, '2')).toBeNull();
      expect(await backendSlots.acquire([[a, b]], 1, '1')).toMatchObject({ backend: b });
      expect(await backendSlots.acquire([[a]], 1, '1')).toBeNull();
      await first?.release();
      expect(await acquire([[a]], 1)).toBeNull();
      expect(await backendSlots.acquire([[a]], 1, '2')).toBeNull();
      const second = await backendSlots.acquire([[a]], 1, '1');
      expect(second).toMatchObject({ backend: a });
      await second?.release();
      expect(await acquire([[a]], 1)).toBeNull();
      await backendSlots.leave('2');
      await backendSlots.leave('2');
      expect(await acquire([[a]], 1)).toMatchObject({ backend: a });
    });

    it('keeps no slot of a backend for a place that waits at another', async () => {
      await acquire([[a]], 1);
      expect(await backendSlots.acquire([[a]], 1, '1')).toBeNull();
      expect(await acquire([[b]], 1)).toMatchObject({ backend: b });
      await backendSlots.leave('1');
    });

    it('notifies listeners when a place leaves', async () => {
      await acquire([[a]], 1);
      await backendSlots.acquire([[a]], 1, '1');
      const left = Promise.withResolvers<void>();
      const stop = backendSlots.onRelease(() => left.resolve());
      await backendSlots.leave('1');
      await left.promise;
      stop();
    });

    it('grants no slot without backends', async () => {
      expect(await backendSlots.acquire([], 4)).toBeNull();
      expect(await backendSlots.acquire([[], []], 4)).toBeNull();
    });

    it('notifies listeners of a released slot', async () => {
      const slot = await acquire([[a]], 1);
      const released = Promise.withResolvers<void>();
      const stop = backendSlots.onRelease(() => released.resolve());
      await slot?.release();
      await released.promise;
      stop();
    });

    it('releases its slots when it closes', async () => {
      const other = open();
      await other.acquire([[a]], 1);
      await other.close();
      const again = open();
      expect(await again.acquire([[a]], 1)).not.toBeNull();
      await again.close();
    });
  });
}
