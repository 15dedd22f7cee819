import { at, newConversation, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Conversation } from '../conversation.ts';

export function describeTitles(open: OpenStores): void {
  describe('the titles that the model writes', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());
    // No other suite queues a title, so every due one is of the test.
    afterEach(async () => {
      for (;;) {
        const due = await stores.conversations.claimTitle(at(1e12), at(2e12));
        if (due === null) return;
        await stores.conversations.endTitle(due.ownerId, due.id, null);
      }
    });

    const insert = async (given: Partial<Conversation> = {}) => {
      const conversation = newConversation({ autoTitled: true, ...given });
      await stores.conversations.insert(conversation);
      return conversation;
    };
    const request = ({ ownerId, id }: Conversation, dueAt = at(0)) =>
      stores.conversations.requestTitle(ownerId, id, dueAt);

    it('are queued once, and claimed in the order in which they are due', async () => {
      const [later, earlier, given] = [await insert(), await insert(), await insert({ autoTitled: false })];
      expect(await request(later, at(20))).toBe(true);
      expect(await request(earlier, at(10))).toBe(true);
      expect(await request(earlier, at(5))).toBe(false);
      expect(await request(given)).toBe(false);
      expect(await request({ ...later, ownerId: newId() })).toBe(false);
      expect(await stores.conversations.claimTitle(at(9), at(99))).toBeNull();
      const { id, ownerId } = earlier;
      expect(await stores.conversations.claimTitle(at(30), at(99))).toEqual({ id, ownerId, tries: 1 });
      expect((await stores.conversations.claimTitle(at(30), at(99)))?.id).toBe(later.id);
      expect(await stores.conversations.claimTitle(at(30), at(99))).toBeNull();
      await stores.conversations.delayTitle(ownerId, id, at(40));
      expect(await stores.conversations.claimTitle(at(40), at(99))).toEqual({ id, ownerId, tries: 2 });
    });

    it('are claimed by one of several workers', async () => {
      await request(await insert());
      const claims = Array.from({ length: 10 }, () => stores.conversations.claimTitle(at(1), at(99)));
      expect((await Promise.all(claims)).filter((claim) => claim !== null)).toHaveLength(1);
    });

    it('replace the derived title once, and are found by a search', async () => {
      const conversation = await insert({ title: 'how do i' });
      const { id, ownerId } = conversation;
      await request(conversation);
      const changed = { ...conversation, title: 'Baking sourdough', autoTitled: false };
      expect(await stores.conversations.endTitle(ownerId, id, 'Baking sourdough')).toEqual(changed);
      expect(await stores.conversations.find(ownerId, id)).toEqual(changed);
      expect(await stores.conversations.endTitle(ownerId, id, 'Another')).toBeNull();
      expect(await stores.conversations.claimTitle(at(99), at(199))).toBeNull();
      const filter = { archived: false, tag: null, search: 'sour' };
      const page = { direction: 'forward', size: 1, after: null, before: null } as const;
      expect((await stores.conversations.page(ownerId, page, filter)).items).toEqual([changed]);
    });

    it('never replace a title that a person gave', async () => {
      const conversation = await insert();
      const { id, ownerId } = conversation;
      await request(conversation);
      await stores.conversations.update(ownerId, id, { title: 'Mine', autoTitled: false });
      expect(await stores.conversations.endTitle(ownerId, id, 'The model’s')).toBeNull();
      expect((await stores.conversations.find(ownerId, id))?.title).toBe('Mine');
    });

    it('can be given up', async () => {
      const conversation = await insert({ title: 'Derived' });
      const { id, ownerId } = conversation;
      await request(conversation);
      expect((await stores.conversations.endTitle(ownerId, id, null))?.title).toBe('Derived');
      expect(await request(conversation)).toBe(false);
    });
  });
}
