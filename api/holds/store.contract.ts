import { at, forward, newId, type OpenStores } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { LegalHold } from './hold.ts';

export function describeHoldStore(open: OpenStores): void {
  describe('a store of legal holds', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const newHold = (given: Partial<LegalHold> = {}): LegalHold => ({
      id: newId(),
      ownerId: newId(),
      conversationId: null,
      reason: 'Case 7',
      placedBy: 'admin',
      createdAt: at(1),
      ...given,
    });

    it('finds a hold by id, and the holds of an owner, oldest first', async () => {
      const later = newHold({ createdAt: at(2), conversationId: newId() });
      const earlier = newHold({ ownerId: later.ownerId });
      for (const hold of [later, earlier]) expect(await stores.holds.insert(hold, 9)).toBe(true);
      expect(await stores.holds.find(later.id)).toEqual(later);
      expect(await stores.holds.find(newId())).toBeNull();
      expect(await stores.holds.ofOwner(later.ownerId)).toEqual([earlier, later]);
      expect(await stores.holds.ofOwner(newId())).toEqual([]);
    });

    it('lists all holds, newest first', async () => {
      const [first, second] = [newHold({ createdAt: at(10_001) }), newHold({ createdAt: at(10_002) })];
      for (const hold of [first, second]) await stores.holds.insert(hold, 9);
      expect((await stores.holds.page(forward(2))).items).toEqual([second, first]);
      expect((await stores.holds.page(forward(1, second))).items).toEqual([first]);
    });

    it('has at most as many holds of an owner as the limit, also with concurrent inserts', async () => {
      const ownerId = newId();
      const inserts = Array.from({ length: 8 }, () => stores.holds.insert(newHold({ ownerId }), 3));
      const inserted = (await Promise.all(inserts)).filter((isInserted) => isInserted);
      expect(inserted.length).toBeLessThanOrEqual(3);
      expect(await stores.holds.ofOwner(ownerId)).toHaveLength(inserted.length);
    });

    it('deletes a hold once', async () => {
      const hold = newHold();
      await stores.holds.insert(hold, 9);
      expect(await stores.holds.delete(hold.id)).toBe(true);
      expect(await stores.holds.delete(hold.id)).toBe(false);
      expect(await stores.holds.ofOwner(hold.ownerId)).toEqual([]);
    });
  });
}
