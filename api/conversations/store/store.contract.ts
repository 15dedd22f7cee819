import type { PageRequest } from '../../paging/pages.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newGeneration,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Conversation, ConversationFilter, ConversationKey } from '../conversation.ts';
import { describeConversationSearch } from './search.contract.ts';
import { describeTitles } from './titles.contract.ts';

const everything: ConversationFilter = { archived: false, tag: null, search: null };

const keyOf = ({ pinned, updatedAt, id }: Conversation): ConversationKey => ({ pinned, updatedAt, id });

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

export function describeConversationStore(open: OpenStores): void {
  describe('a conversation store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Conversation> = {}) => {
      const conversation = newConversation(given);
      await stores.conversations.insert(conversation);
      return conversation;
    };

    it('returns a conversation as it was written', async () => {
      const bare = await insert();
      const full = await insert({
        title: 'Ünïcode 🎉 "quoted"\n',
        model: 'llama3.2',
        systemPrompt: 'Be brief.',
        options: { temperature: 0.1, topP: 0.9, topK: 40, seed: 7, maxTokens: 100, stop: ['\n', 'END'] },
        pinned: true,
        archived: true,
        tags: ['work', 'a, "b"'],
        leafId: newId(),
      });
      expect(await stores.conversations.find(bare.ownerId, bare.id)).toEqual(bare);
      expect(await stores.conversations.find(full.ownerId, full.id)).toEqual(full);
    });

    it('changes nothing when an id is inserted again', async () => {
      const conversation = await insert({ title: 'first' });
      await stores.conversations.insert({ ...conversation, title: 'second' });
      expect(await stores.conversations.find(conversation.ownerId, conversation.id)).toEqual(conversation);
    });

    it('finds many in the requested order, with null for absent ones', async () => {
      const ownerId = newId();
      const [a, b] = [await insert({ ownerId }), await insert({ ownerId })];
      const foreign = await insert();
      const asked = [b.id, newId(), a.id, foreign.id, b.id];
      expect(await stores.conversations.findMany(ownerId, asked)).toEqual([b, null, a, null, b]);
      expect(await stores.conversations.findMany(ownerId, [])).toEqual([]);
    });

    it('changes only the fields of a patch', async () => {
      const conversation = await insert({ title: 'old', model: 'm', tags: ['kept'] });
      const { ownerId, id } = conversation;
      const patch = { title: 'new', model: null, pinned: true, updatedAt: at(50) };
      const changed = { ...conversation, ...patch };
      expect(await stores.conversations.update(ownerId, id, patch)).toEqual(changed);
      expect(await stores.conversations.find(ownerId, id)).toEqual(changed);
      expect(await stores.conversations.update(ownerId, id, {})).toEqual(changed);
      const rest = {
        systemPrompt: 'p',
        options: { seed: 1 },
        archived: true,
        tags: [],
        leafId: newId(),
      };
      expect(await stores.conversations.update(ownerId, id, rest)).toEqual({ ...changed, ...rest });
    });

    it('counts the tags of one owner, those of most conversations first', async () => {
      const ownerId = newId();
      const both = await insert({ ownerId, tags: ['work', 'home', 'work'] });
      await insert({ ownerId, tags: ['home'], archived: true });
      await insert({ ownerId });
      await insert({ tags: ['foreign'] });
      expect(await stores.conversations.tagsOf(ownerId, 10)).toEqual([
        { name: 'home', conversations: 2 },
        { name: 'work', conversations: 1 },
      ]);
      expect(await stores.conversations.tagsOf(ownerId, 1)).toHaveLength(1);
      await stores.conversations.update(ownerId, both.id, { tags: [] });
      expect(await stores.conversations.tagsOf(ownerId, 10)).toEqual([{ name: 'home', conversations: 1 }]);
    });

    it('neither shows nor changes conversations of another user', async () => {
      const conversation = await insert({ title: 'private', tags: ['t'] });
      const [otherOwnerId, { id }] = [newId(), conversation];
      const page = (filter: Partial<ConversationFilter>) =>
        stores.conversations.page(otherOwnerId, forward(10), { ...everything, ...filter });
      expect(await stores.conversations.find(otherOwnerId, id)).toBeNull();
      expect(await stores.conversations.findMany(otherOwnerId, [id])).toEqual([null]);
      expect(await stores.conversations.update(otherOwnerId, id, { title: 'mine' })).toBeNull();
      expect(await stores.conversations.update(otherOwnerId, id, {})).toBeNull();
      expect(await stores.conversations.delete(otherOwnerId, id)).toBe(false);
      for (const filter of [{}, { tag: 't' }, { search: 'private' }]) {
        expect((await page(filter)).items).toEqual([]);
      }
      expect(await stores.conversations.find(conversation.ownerId, id)).toEqual(conversation);
    });

    it('deletes no conversation under a legal hold', async () => {
      const [held, free] = [await insert({}), await insert({})];
      const hold = (ownerId: string, conversationId: string | null) => ({
        id: newId(),
        ownerId,
        conversationId,
        reason: 'r',
        placedBy: 'boss',
        createdAt: new Date(0),
      });
      const ofConversation = hold(held.ownerId, held.id);
      const ofUser = hold(held.ownerId, null);
      const { conversations, holds } = stores;
      for (const each of [ofConversation, ofUser]) {
        await holds.insert(each, 9);
        expect(await conversations.deleteUnlessHeld(held.ownerId, held.id)).toBe('HELD');
        expect(await conversations.find(held.ownerId, held.id)).toEqual(held);
        await holds.delete(each.id);
      }
      await holds.insert(hold(free.ownerId, newId()), 9);
      expect(await conversations.deleteUnlessHeld(newId(), free.id)).toBe('ABSENT');
      for (const { ownerId, id } of [held, free]) {
        expect(await conversations.deleteUnlessHeld(ownerId, id)).toBe('DELETED');
        expect(await conversations.deleteUnlessHeld(ownerId, id)).toBe('ABSENT');
      }
    });

    it('either keeps a conversation or hides it from a hold that is placed at the same time', async () => {
      for (let tries = 0; tries < 20; tries += 1) {
        const { ownerId, id } = await insert({});
        const hold = { id: newId(), ownerId, conversationId: id, reason: 'r', placedBy: 'boss' };
        const place = async () => {
          await stores.holds.insert({ ...hold, createdAt: new Date(0) }, 9);
          return (await stores.conversations.find(ownerId, id)) !== null;
        };
        const [isPlaced, outcome] = await Promise.all([
          place(),
          stores.conversations.deleteUnlessHeld(ownerId, id),
        ]);
        if (isPlaced) expect(outcome).toBe('HELD');
      }
    });

    it('deletes a conversation with its messages and generations, once', async () => {
      const conversation = await insert({ title: 'doomed', tags: ['t'] });
      const { ownerId, id } = conversation;
      const other = await insert({ ownerId });
      const root = await write(stores, newMessage(conversation, { content: 'doomed too' }));
      const fork = await write(stores, newMessage(conversation, { parentId: root.id }));
      const kept = await write(stores, newMessage(other));
      const generation = await stores.generations.insert(
        newGeneration(conversation, { idempotencyKey: 'k' }),
      );

      expect(await stores.conversations.delete(ownerId, id)).toBe(true);
      expect(await stores.conversations.delete(ownerId, id)).toBe(false);
      expect(await stores.conversations.update(ownerId, id, { title: 'back' })).toBeNull();
      expect(await stores.messages.findMany(ownerId, [root.id, fork.id, kept.id])).toEqual([
        null,
        null,
        kept,
      ]);
      expect(await stores.generations.findAnyOwner(generation.id)).toBeNull();
      expect(await stores.generations.findByIdempotencyKey(ownerId, 'k')).toBeNull();
      expect(idsOf(await stores.generations.unfinishedAnyOwner())).not.toContain(generation.id);
      for (const filter of [{ tag: 't' }, { search: 'doomed' }]) {
        const { items } = await stores.conversations.page(ownerId, forward(10), { ...everything, ...filter });
        expect(items).toEqual([]);
      }
    });

    describe('in pages', () => {
      const ownerId = newId();
      let ordered: Conversation[];
      beforeAll(async () => {
        // Written in a different order than the list's, with equal times and pins.
        const [low, middle, high] = [newId(), newId(), newId()].sort();
        const plain = await insert({ ownerId, updatedAt: at(30) });
        const pinnedOld = await insert({ ownerId, updatedAt: at(10), pinned: true, tags: ['t'] });
        const sameLow = await insert({ ownerId, id: low, updatedAt: at(20), tags: ['t', 'u'] });
        const sameHigh = await insert({ ownerId, id: high, updatedAt: at(20) });
        const pinnedNew = await insert({ ownerId, updatedAt: at(40), pinned: true });
        const sameMiddle = await insert({ ownerId, id: middle, updatedAt: at(20), tags: ['t', 't'] });
        await insert({ ownerId, updatedAt: at(50), archived: true });
        await insert({ updatedAt: at(60) });
        ordered = [pinnedNew, pinnedOld, plain, sameHigh, sameMiddle, sameLow];
      });

      const page = (request: PageRequest<ConversationKey>, filter: Partial<ConversationFilter> = {}) =>
        stores.conversations.page(ownerId, request, { ...everything, ...filter });

      const walk = async (
        direction: typeof forward | typeof backward,
        size: number,
        filter: Partial<ConversationFilter> = {},
      ) => {
        const walked: string[][] = [];
        let key: ConversationKey | null = null;
        for (let pages = 0; pages < 20; pages += 1) {
          const { items, hasNextPage, hasPreviousPage } = await page(
            direction<ConversationKey>(size, key),
            filter,
          );
          walked.push(idsOf(items));
          const last = direction === forward ? items.at(-1) : items[0];
          expect(direction === forward ? hasPreviousPage : hasNextPage).toBe(key !== null);
          if (!(direction === forward ? hasNextPage : hasPreviousPage) || !last) return walked;
          key = keyOf(last);
        }
        throw new Error('the pages did not end');
      };

      it('orders by pinned, then by newest activity, then by greatest id', async () => {
        expect(await page(forward(10))).toEqual({
          items: ordered,
          hasNextPage: false,
          hasPreviousPage: false,
        });
      });

      it.each([1, 2, 3, 4, 6])('pages forward by %i, each conversation once', async (size) => {
        const pages = await walk(forward, size);
        expect(pages.flat()).toEqual(idsOf(ordered));
        expect(pages).toHaveLength(Math.ceil(ordered.length / size));
      });

      it.each([1, 2, 3, 4, 6])('pages backward by %i, each page in list order', async (size) => {
        const pages = await walk(backward, size);
        expect(pages.reverse().flat()).toEqual(idsOf(ordered));
        expect(pages).toHaveLength(Math.ceil(ordered.length / size));
      });

      it('stays between two keys, and reports whether there is more outside them', async () => {
        const [first, , , , fifth, last] = ordered.map(keyOf);
        if (!first || !fifth || !last) throw new Error('six were written');
        const inside = await page(forward(2, first, fifth));
        expect(idsOf(inside.items)).toEqual(idsOf(ordered.slice(1, 3)));
        expect(inside).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
        const fromEnd = await page(backward(2, fifth, first));
        expect(idsOf(fromEnd.items)).toEqual(idsOf(ordered.slice(2, 4)));
        expect(fromEnd).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
        const whole = await page(forward(10, first, fifth));
        expect(idsOf(whole.items)).toEqual(idsOf(ordered.slice(1, 4)));
        expect(whole).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
        const nothing = { items: [], hasNextPage: false, hasPreviousPage: true };
        expect(await page(forward(2, last))).toEqual(nothing);
        expect(await page(backward(2, first))).toEqual({
          ...nothing,
          hasNextPage: true,
          hasPreviousPage: false,
        });
      });

      it('continues after a key whose conversation has moved', async () => {
        const moved: ConversationKey = { pinned: false, updatedAt: at(25), id: newId() };
        expect(idsOf((await page(forward(10, moved))).items)).toEqual(idsOf(ordered.slice(3)));
        expect(idsOf((await page(backward(1, moved))).items)).toEqual(idsOf(ordered.slice(2, 3)));
      });

      it('lists archived conversations separately', async () => {
        const archived = await page(forward(10), { archived: true });
        expect(archived.items.map(({ updatedAt }) => updatedAt)).toEqual([at(50)]);
      });

      it('lists those that were not changed since a time, oldest first, in batches', async () => {
        const owner = newId();
        const inserted: Conversation[] = [];
        // Two of the same time, which only their ids order.
        for (const ms of [5, 3, 3, 9]) inserted.push(await insert({ ownerId: owner, updatedAt: at(ms) }));
        await insert({ updatedAt: at(1) });
        const byAge = inserted.slice(0, 3).toSorted((a, b) => {
          const ms = a.updatedAt.getTime() - b.updatedAt.getTime();
          return ms || (a.id < b.id ? -1 : 1);
        });
        const { unchangedSince } = stores.conversations;
        const [first, second, third, fourth] = [
          await unchangedSince(owner, at(9), null, 1),
          await unchangedSince(owner, at(9), byAge[0] ?? null, 1),
          await unchangedSince(owner, at(9), byAge[1] ?? null, 5),
          await unchangedSince(owner, at(9), byAge[2] ?? null, 5),
        ];
        expect([...first, ...second, ...third]).toEqual(
          byAge.map(({ id, updatedAt }) => ({ id, updatedAt })),
        );
        expect(fourth).toEqual([]);
      });

      it('filters by tag, in both directions', async () => {
        const tagged = idsOf(ordered.filter(({ tags }) => tags.includes('t')));
        expect((await walk(forward, 2, { tag: 't' })).flat()).toEqual(tagged);
        expect((await walk(backward, 2, { tag: 't' })).reverse().flat()).toEqual(tagged);
        expect((await page(forward(10), { tag: 'T' })).items).toEqual([]);
        expect((await page(forward(10), { tag: 't', archived: true })).items).toEqual([]);
      });

      it('reflects changes of the fields it orders and filters by', async () => {
        const owner = newId();
        const a = await insert({ ownerId: owner, updatedAt: at(1), tags: ['old'] });
        const b = await insert({ ownerId: owner, updatedAt: at(2), tags: ['old'] });
        const list = async (filter: Partial<ConversationFilter> = {}) =>
          idsOf((await stores.conversations.page(owner, forward(10), { ...everything, ...filter })).items);
        await stores.conversations.update(owner, a.id, { updatedAt: at(3) });
        expect(await list()).toEqual([a.id, b.id]);
        expect(await list({ tag: 'old' })).toEqual([a.id, b.id]);
        await stores.conversations.update(owner, b.id, { pinned: true, tags: ['new', 'old'] });
        expect(await list({ tag: 'old' })).toEqual([b.id, a.id]);
        expect(await list({ tag: 'new' })).toEqual([b.id]);
        await stores.conversations.update(owner, b.id, { archived: true });
        expect(await list({ tag: 'old' })).toEqual([a.id]);
        expect(await list({ tag: 'old', archived: true })).toEqual([b.id]);
      });
    });
  });
  describeConversationSearch(open);
  describeTitles(open);
}
