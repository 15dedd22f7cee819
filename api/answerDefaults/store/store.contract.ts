import { at, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { AnswerDefaults } from '../answerDefaults.ts';

export const newAnswerDefaults = (given: Partial<AnswerDefaults> = {}): AnswerDefaults => ({
  id: newId(),
  ownerId: newId(),
  model: null,
  systemPrompt: 'Be brief.',
  options: { temperature: 0.5, stop: ['\n'] },
  updatedAt: at(1),
  ...given,
});

/** Tests of every store of defaults. */
export const describeAnswerDefaultsStore = (open: OpenStores): void => {
  describe('a store of defaults', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('sets, replaces and deletes the defaults of their owner only', async () => {
      const defaults = newAnswerDefaults();
      const { id, ownerId } = defaults;
      expect(await stores.answerDefaults.set(defaults, 5)).toBe(true);
      expect(await stores.answerDefaults.findMany(ownerId, [newId(), id])).toEqual([null, defaults]);
      expect(await stores.answerDefaults.findMany(newId(), [id])).toEqual([null]);
      const changed = { ...defaults, systemPrompt: null, options: {}, updatedAt: at(2) };
      expect(await stores.answerDefaults.set(changed, 1)).toBe(true);
      expect(await stores.answerDefaults.findMany(ownerId, [id])).toEqual([changed]);
      expect(await stores.answerDefaults.delete(newId(), id)).toBe(false);
      expect(await stores.answerDefaults.delete(ownerId, id)).toBe(true);
      expect(await stores.answerDefaults.delete(ownerId, id)).toBe(false);
    });

    it('lists all of an owner, those for all models first', async () => {
      const ownerId = newId();
      const [b, all, a] = ['b', null, 'a'].map((model) => newAnswerDefaults({ ownerId, model }));
      for (const one of [b, all, a]) if (one) await stores.answerDefaults.set(one, 5);
      expect(await stores.answerDefaults.ofOwner(ownerId)).toEqual([all, a, b]);
      await stores.answerDefaults.deleteOfOwner(ownerId);
      expect(await stores.answerDefaults.ofOwner(ownerId)).toEqual([]);
    });

    it('holds the limit, also for simultaneous calls', async () => {
      const ownerId = newId();
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          stores.answerDefaults.set(newAnswerDefaults({ ownerId, model: `m${index}` }), 3),
        ),
      );
      expect((await stores.answerDefaults.ofOwner(ownerId)).length).toBeLessThanOrEqual(3);
      const [kept] = await stores.answerDefaults.ofOwner(ownerId);
      if (!kept) {
        expect(await stores.answerDefaults.set(newAnswerDefaults({ ownerId }), 1)).toBe(true);
      }
      expect(await stores.answerDefaults.set(newAnswerDefaults({ ownerId, model: 'more' }), 1)).toBe(false);
    });

    it('counts towards the stored bytes of the owner', async () => {
      const defaults = newAnswerDefaults({ systemPrompt: 'ä' });
      const { id, ownerId } = defaults;
      const count = async () => {
        const bytes = await stores.storage.recount(ownerId);
        expect(await stores.storage.usedBy([ownerId])).toEqual([bytes]);
        return bytes;
      };
      await stores.answerDefaults.set(defaults, 5);
      expect(await count()).toBe(rowBytes.answerDefaults + 2);
      await stores.answerDefaults.set({ ...defaults, systemPrompt: null }, 5);
      expect(await count()).toBe(rowBytes.answerDefaults);
      await stores.answerDefaults.delete(ownerId, id);
      expect(await count()).toBe(0);
    });
  });
};
