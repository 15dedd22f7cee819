import type { ApiKey } from '../access/apiKey.ts';
import type { TimeKey } from '../paging/pages.ts';
import { at, backward, forward, insertMember, newId, type OpenStores } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';

const newKey = (userId: string, given: Partial<ApiKey> = {}): ApiKey => ({
  id: newId(),
  userId,
  name: 'a key',
  secretHash: newId(),
  ending: 'wxyz',
  scopes: ['CHAT'],
  createdAt: at(0),
  expiresAt: null,
  lastUsedAt: null,
  ...given,
});

export function describeApiKeyStore(open: OpenStores): void {
  describe('an API key store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const newOwner = () => insertMember(stores);
    const insert = async (userId: string, given: Partial<ApiKey> = {}) => {
      const key = newKey(userId, given);
      expect(await stores.apiKeys.insert(key, 1000)).toBe(true);
      return key;
    };

    it('returns a key unchanged, by its hash and by its id', async () => {
      const owner = await newOwner();
      const plain = await insert(owner);
      const full = await insert(owner, {
        scopes: ['READ', 'CHAT', 'ADMIN'],
        expiresAt: at(1000),
        lastUsedAt: at(7),
      });
      for (const key of [plain, full]) {
        expect(await stores.apiKeys.findByHash(key.secretHash, at(999))).toEqual(key);
        expect(await stores.apiKeys.find(owner, key.id)).toEqual(key);
      }
    });

    it('doesn’t find an expired key by its hash, but lists it to its owner', async () => {
      const owner = await newOwner();
      const key = await insert(owner, { expiresAt: at(1000) });
      expect(await stores.apiKeys.findByHash(key.secretHash, at(1000))).toBeNull();
      expect(await stores.apiKeys.find(owner, key.id)).toEqual(key);
    });

    it('returns null for an unknown key and another user’s key', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const key = await insert(owner);
      expect(await stores.apiKeys.findByHash(newId(), at(0))).toBeNull();
      expect(await stores.apiKeys.find(owner, newId())).toBeNull();
      expect(await stores.apiKeys.find(other, key.id)).toBeNull();
    });

    it('stores a hash once', async () => {
      const owner = await newOwner();
      const { secretHash } = await insert(owner);
      await expect(insert(owner, { secretHash })).rejects.toThrow();
    });

    it('holds the limit of an owner with simultaneous inserts', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const insertMany = (count: number, limit: number) =>
        Promise.all(
          Array.from({ length: count }, async () => {
            const key = newKey(owner);
            return (await stores.apiKeys.insert(key, limit)) ? key : null;
          }),
        );
      const written = (await insertMany(50, 20)).flatMap((key) => key ?? []);
      expect(written).toHaveLength(20);
      expect((await stores.apiKeys.page(owner, forward<TimeKey>(100))).items).toHaveLength(20);
      expect(await stores.apiKeys.insert(newKey(owner), 20)).toBe(false);
      expect(await stores.apiKeys.insert(newKey(other), 20)).toBe(true);
      for (const { id } of written.slice(0, 3)) await stores.apiKeys.delete(owner, id);
      expect((await insertMany(10, 20)).filter((key) => key)).toHaveLength(3);
      expect((await insertMany(3, 21)).filter((key) => key)).toHaveLength(1);
    });

    it('pages an owner’s keys, newest first, in both directions', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      // By time, not by id.
      const [low = '', middle = '', high = ''] = [newId(), newId(), newId()].sort();
      const oldest = await insert(owner, { id: high, createdAt: at(1) });
      const second = await insert(owner, { id: low, createdAt: at(2) });
      const newest = await insert(owner, { id: middle, createdAt: at(2) });
      await insert(other);
      const first = await stores.apiKeys.page(owner, forward<TimeKey>(2));
      expect(first).toEqual({ items: [newest, second], hasNextPage: true, hasPreviousPage: false });
      const rest = await stores.apiKeys.page(owner, forward(2, second));
      expect(rest).toEqual({ items: [oldest], hasNextPage: false, hasPreviousPage: true });
      const last = await stores.apiKeys.page(owner, backward<TimeKey>(1));
      expect(last).toEqual({ items: [oldest], hasNextPage: false, hasPreviousPage: true });
    });

    it('pages the keys of all users, and deletes any key once', async () => {
      // At a time of their own, because other keys may exist.
      const [older, newest] = [
        await insert(await newOwner(), { createdAt: at(70_000) }),
        await insert(await newOwner(), { createdAt: at(70_001) }),
      ];
      const from = { direction: 'backward', size: 1, after: null, before: older } as const;
      expect((await stores.apiKeys.pageAnyOwner(from)).items).toEqual([newest]);
      expect((await stores.apiKeys.pageAnyOwner(forward(1, newest))).items).toEqual([older]);
      expect(await stores.apiKeys.deleteAnyOwner(newest.id)).toBe(true);
      expect(await stores.apiKeys.deleteAnyOwner(newest.id)).toBe(false);
      expect((await stores.apiKeys.pageAnyOwner(forward(100))).items).not.toContainEqual(
        expect.objectContaining({ id: newest.id }),
      );
    });

    it('stores the last use of a key', async () => {
      const owner = await newOwner();
      const [key, other] = [await insert(owner), await insert(owner)];
      await stores.apiKeys.setLastUsed(key.id, at(5));
      expect(await stores.apiKeys.find(owner, key.id)).toEqual({ ...key, lastUsedAt: at(5) });
      expect(await stores.apiKeys.find(owner, other.id)).toEqual(other);
    });

    it('deletes a key once, for its owner only', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const key = await insert(owner);
      expect(await stores.apiKeys.delete(other, key.id)).toBe(false);
      expect(await stores.apiKeys.delete(owner, key.id)).toBe(true);
      expect(await stores.apiKeys.delete(owner, key.id)).toBe(false);
      expect(await stores.apiKeys.findByHash(key.secretHash, at(0))).toBeNull();
    });

    it('deletes all keys of an owner', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      await insert(owner);
      await insert(owner);
      const kept = await insert(other);
      await stores.apiKeys.deleteAllOf(owner);
      expect((await stores.apiKeys.page(owner, forward<TimeKey>(1))).items).toEqual([]);
      expect(await stores.apiKeys.find(other, kept.id)).toEqual(kept);
    });
  });
}
