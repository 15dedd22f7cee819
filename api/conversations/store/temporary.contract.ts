import {
  at,
  forward,
  newConversation,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Conversation, ConversationFilter } from '../conversation.ts';

const everything: ConversationFilter = { archived: false, tag: null, search: null };
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

export function describeTemporaryConversations(open: OpenStores): void {
  describe('temporary conversations', () => {
    let stores: Stores;
    let ownerId: string;
    beforeAll(async () => {
      stores = await open();
    });
    beforeEach(() => {
      ownerId = newId();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Conversation> = {}) => {
      const conversation = newConversation({ ownerId, ...given });
      await stores.conversations.insert(conversation);
      return conversation;
    };
    const list = async (filter: Partial<ConversationFilter> = {}) =>
      idsOf((await stores.conversations.page(ownerId, forward(9), { ...everything, ...filter })).items);

    it('are found by id only, in no list, search or tag', async () => {
      const given = { title: 'whispered', tags: ['secret'] };
      const kept = await insert(given);
      const temporary = await insert({ ...given, expiresAt: at(60) });
      const said = await write(stores, newMessage(kept, { content: 'a whisper of mine' }));
      await write(stores, newMessage(temporary, { content: 'a whisper of mine' }));
      expect(await stores.conversations.find(ownerId, temporary.id)).toEqual(temporary);
      for (const filter of [{}, { tag: 'secret' }, { search: 'whispered' }, { search: 'mine' }]) {
        expect(await list(filter)).toEqual([kept.id]);
      }
      expect(await list({ temporary: true })).toEqual([temporary.id]);
      const found = await stores.messages.search(ownerId, 'whisper', forward(9));
      expect(found.items.map(({ id }) => id)).toEqual([said.id]);
      expect(await stores.conversations.tagsOf(ownerId, 9)).toEqual([{ name: 'secret', conversations: 1 }]);
    });

    it('live longer when they are renewed, and stay when they are kept', async () => {
      const temporary = await insert({ expiresAt: at(60) });
      const { id } = temporary;
      expect(await stores.conversations.renew(newId(), id, at(90))).toBeNull();
      expect(await stores.conversations.renew(ownerId, id, at(90))).toEqual({
        ...temporary,
        expiresAt: at(90),
      });
      const { expiresAt: _, ...kept } = temporary;
      expect(await stores.conversations.update(ownerId, id, { expiresAt: null })).toEqual(kept);
      expect(await stores.conversations.renew(ownerId, id, at(95))).toBeNull();
      expect(await list()).toEqual([id]);
    });

    it('are listed for the sweep once they have expired, in pages', async () => {
      await insert();
      // Before those of other tests on the same server.
      const [late, early, second] = [
        await insert({ expiresAt: at(9) }),
        await insert({ expiresAt: at(-9) }),
        await insert({ expiresAt: at(-8) }),
      ];
      const expired = await stores.conversations.expiredAnyOwner(at(0), null, 100);
      const own = expired.filter((one) => one.ownerId === ownerId);
      expect(idsOf(own)).toEqual([early.id, second.id]);
      expect(idsOf(own)).not.toContain(late.id);
      const [first] = own;
      if (!first) throw new Error('one has expired');
      const next = await stores.conversations.expiredAnyOwner(at(0), first, 100);
      expect(idsOf(next)).not.toContain(early.id);
      expect(idsOf(next)).toContain(second.id);
      expect(await stores.conversations.expiredAnyOwner(at(0), null, 1)).toHaveLength(1);
    });
  });
}
