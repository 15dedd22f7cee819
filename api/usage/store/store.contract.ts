import { newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { UsageEntry, UsageKey } from '../usage.ts';

const newEntry = (given: Partial<UsageEntry> = {}): UsageEntry => ({
  ownerId: newId(),
  day: '2026-01-31',
  model: 'llama3.2:latest',
  generations: 1,
  cached: 0,
  promptTokens: 7,
  completionTokens: 11,
  ...given,
});

export const describeUsageStore = (open: OpenStores): void => {
  describe('a usage store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('adds up the usage of one model on one day, also with simultaneous writes', async () => {
      const entry = newEntry();
      await Promise.all(Array.from({ length: 20 }, () => stores.usage.add(entry)));
      await stores.usage.add({ ...entry, generations: 1, cached: 1, promptTokens: 0, completionTokens: 0 });
      expect(await stores.usage.ofOwner(entry.ownerId, entry.day, entry.day)).toEqual([
        { ...entry, generations: 21, cached: 1, promptTokens: 140, completionTokens: 220 },
      ]);
    });

    it('separates days and models, and returns them in order, both ends included', async () => {
      const { ownerId } = newEntry();
      const entries = [
        newEntry({ ownerId, day: '2026-01-30' }),
        newEntry({ ownerId, day: '2026-01-31', model: 'a:latest' }),
        newEntry({ ownerId, day: '2026-01-31', model: 'b:latest' }),
        newEntry({ ownerId, day: '2026-02-01' }),
      ];
      for (const entry of entries.toReversed()) await stores.usage.add(entry);
      expect(await stores.usage.ofOwner(ownerId, '2026-01-01', '2026-12-31')).toEqual(entries);
      expect(await stores.usage.ofOwner(ownerId, '2026-01-31', '2026-01-31')).toEqual(entries.slice(1, 3));
    });

    it('sums the usage of all users by user, day and model, both ends included', async () => {
      // Days of their own, because the sums include the entries of other tests.
      const [one, other] = [newId(), newId()];
      const sum = { generations: 1, cached: 0, promptTokens: 7, completionTokens: 11 };
      const twice = { generations: 2, cached: 0, promptTokens: 14, completionTokens: 22 };
      await stores.usage.add(newEntry({ ownerId: one, day: '1999-05-01', model: 'a' }));
      await stores.usage.add(newEntry({ ownerId: one, day: '1999-05-02', model: 'b' }));
      await stores.usage.add(newEntry({ ownerId: other, day: '1999-05-02', model: 'a' }));
      await stores.usage.add(newEntry({ ownerId: other, day: '1999-05-03', model: 'a' }));
      const sums = async (by: UsageKey) => {
        const found = await stores.usage.sumsAnyOwner(by, '1999-05-01', '1999-05-02');
        return Object.fromEntries(found.map(({ key, sum: its }) => [key, its]));
      };
      expect(await sums('ownerId')).toEqual({ [one]: twice, [other]: sum });
      expect(await sums('day')).toEqual({ '1999-05-01': sum, '1999-05-02': twice });
      expect(await sums('model')).toEqual({ a: twice, b: sum });
      expect(await stores.usage.lastDaysOf([other, newId(), one])).toEqual([
        '1999-05-03',
        null,
        '1999-05-02',
      ]);
    });

    it('stores a quota override until the user’s usage is deleted', async () => {
      const [one, other] = [newId(), newId()];
      const quotas = () => stores.usage.quotasOf([one, other]);
      expect(await quotas()).toEqual([null, null]);
      await stores.usage.setQuota(one, { day: 1_000_000_000_000, month: null });
      await stores.usage.setQuota(other, { day: null, month: 5 });
      const ofOther = { day: null, month: 5 };
      expect(await quotas()).toEqual([{ day: 1_000_000_000_000, month: null }, ofOther]);
      await stores.usage.setQuota(one, { day: 0, month: 7 });
      expect(await quotas()).toEqual([{ day: 0, month: 7 }, ofOther]);
      await stores.usage.deleteOfOwner(one);
      expect(await quotas()).toEqual([null, ofOther]);
    });

    it('returns the usage of several users', async () => {
      const [one, other] = [newEntry(), newEntry({ day: '2026-02-01' })];
      for (const entry of [one, other, newEntry()]) await stores.usage.add(entry);
      const ids = [one.ownerId, other.ownerId, newId()];
      const found = await stores.usage.ofOwners(ids, '2026-01-31', '2026-02-01');
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([one, other]));
      expect(await stores.usage.ofOwners(ids, '2026-02-01', '2026-02-01')).toEqual([other]);
      expect(await stores.usage.ofOwners([], '2026-01-01', '2026-12-31')).toEqual([]);
    });

    it('neither returns nor deletes another user’s usage', async () => {
      const [one, other] = [newEntry(), newEntry()];
      for (const entry of [one, other]) await stores.usage.add(entry);
      expect(await stores.usage.ofOwner(newId(), one.day, one.day)).toEqual([]);
      await stores.usage.deleteOfOwner(one.ownerId);
      expect(await stores.usage.ofOwner(one.ownerId, one.day, one.day)).toEqual([]);
      expect(await stores.usage.ofOwner(other.ownerId, one.day, one.day)).toEqual([other]);
    });
  });
};
