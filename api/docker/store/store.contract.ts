import { at, forward, insertMember, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { DockerRequest } from '../request.ts';

export const newDockerRequest = (ownerId: string, given: Partial<DockerRequest> = {}): DockerRequest => ({
  id: newId(),
  ownerId,
  command: { name: 'RESTART', container: 'web', lines: null },
  containerId: 'c0ffee'.repeat(10),
  effect: 'docker restart on the container web.',
  reason: 'It hangs.',
  status: 'PENDING',
  decidedBy: null,
  decidedAt: null,
  problem: '',
  createdAt: at(1),
  ...given,
});

export function describeDockerRequestStore(open: OpenStores): void {
  describe('a store of Docker requests', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const newOwner = () => insertMember(stores);
    const limits = { pending: 3, since: at(0), kept: 5 };

    it('returns a request unchanged, to its owner and to administrators', async () => {
      const owner = await newOwner();
      const pending = newDockerRequest(owner);
      const decided = newDockerRequest(owner, {
        status: 'FAILED',
        decidedBy: newId(),
        decidedAt: at(7),
        problem: 'No such container.',
        createdAt: at(2),
      });
      for (const request of [pending, decided]) {
        expect(await stores.dockerRequests.insert(request, limits)).toBe(true);
        expect(await stores.dockerRequests.find(owner, request.id)).toEqual(request);
        expect(await stores.dockerRequests.findAnyOwner(request.id)).toEqual(request);
        expect(await stores.dockerRequests.find(newId(), request.id)).toBeNull();
      }
      expect(await stores.dockerRequests.findAnyOwner(newId())).toBeNull();
      expect(await stores.dockerRequests.ofOwner(owner)).toEqual([pending, decided]);
    });

    it('lists requests newest first: of one owner, or of all', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const [first, second] = [1, 2].map((ms) => newDockerRequest(owner, { createdAt: at(1e9 + ms) }));
      const others = newDockerRequest(other, { createdAt: at(1e9 + 3) });
      for (const request of [first, second, others]) {
        if (request) await stores.dockerRequests.insert(request, limits);
      }
      const own = await stores.dockerRequests.page(owner, forward(1));
      expect(own).toEqual({ items: [second], hasNextPage: true, hasPreviousPage: false });
      if (!second) throw new Error('not inserted');
      expect((await stores.dockerRequests.page(owner, forward(9, second))).items).toEqual([first]);
      expect((await stores.dockerRequests.pageAnyOwner(forward(3))).items).toEqual([others, second, first]);
    });

    it('rejects too many waiting requests, also simultaneous ones, and counts neither old nor decided ones', async () => {
      const owner = await newOwner();
      const inserted = await Promise.all(
        Array.from({ length: 6 }, () => stores.dockerRequests.insert(newDockerRequest(owner), limits)),
      );
      expect(inserted.filter(Boolean).length).toBeLessThanOrEqual(3);
      const other = await newOwner();
      for (let count = 0; count < 3; count += 1) {
        expect(await stores.dockerRequests.insert(newDockerRequest(other), limits)).toBe(true);
      }
      const next = () => newDockerRequest(other, { createdAt: at(5) });
      expect(await stores.dockerRequests.insert(next(), limits)).toBe(false);
      expect(await stores.dockerRequests.insert(next(), { ...limits, since: at(2) })).toBe(true);
      const [waiting] = await stores.dockerRequests.ofOwner(other);
      if (!waiting) throw new Error('not inserted');
      expect(await stores.dockerRequests.replace({ ...waiting, status: 'DECLINED' }, 'PENDING')).toBe(true);
      expect(await stores.dockerRequests.insert(next(), { ...limits, pending: 4 })).toBe(true);
    });

    it('drops the oldest requests of an owner', async () => {
      const owner = await newOwner();
      for (let ms = 1; ms <= 7; ms += 1) {
        const request = newDockerRequest(owner, { status: 'DECLINED', createdAt: at(ms) });
        await stores.dockerRequests.insert(request, limits);
      }
      const kept = await stores.dockerRequests.ofOwner(owner);
      expect(kept.map(({ createdAt }) => createdAt)).toEqual([3, 4, 5, 6, 7].map(at));
    });

    it('replaces a request once, if it has the expected status', async () => {
      const owner = await newOwner();
      const request = newDockerRequest(owner);
      await stores.dockerRequests.insert(request, limits);
      const running: DockerRequest = { ...request, status: 'RUNNING', decidedBy: newId(), decidedAt: at(9) };
      const results = await Promise.all([
        stores.dockerRequests.replace(running, 'PENDING'),
        stores.dockerRequests.replace(running, 'PENDING'),
      ]);
      expect(results.toSorted()).toEqual([false, true]);
      expect(await stores.dockerRequests.find(owner, request.id)).toEqual(running);
      expect(await stores.dockerRequests.replace(newDockerRequest(owner), 'PENDING')).toBe(false);
    });

    it('deletes the requests of an owner', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      for (const each of [owner, other]) await stores.dockerRequests.insert(newDockerRequest(each), limits);
      await stores.dockerRequests.deleteOfOwner(owner);
      expect(await stores.dockerRequests.ofOwner(owner)).toEqual([]);
      expect(await stores.dockerRequests.ofOwner(other)).toHaveLength(1);
    });
  });
}
