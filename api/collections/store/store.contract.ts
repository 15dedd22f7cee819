import { newAttachment } from '../../attachments/attachments.testing.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newId,
  type OpenStores,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { DocumentCollection } from '../collection.ts';
import { chosenCollection, insertDocument, newCollection } from '../collections.testing.ts';

/** Tests of every collection store, and of the documents of collections. */
export const describeCollectionStore = (open: OpenStores): void => {
  describe('a collection store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<DocumentCollection> = {}): Promise<DocumentCollection> => {
      const collection = newCollection(given);
      expect(await stores.collections.insert(collection, 10)).toBe(true);
      return collection;
    };

    it('shows a collection to its owner, and to everyone while it is shared', async () => {
      const collection = await insert({ description: 'Of the house' });
      const { id, ownerId } = collection;
      const reader = newId();
      const { collections } = stores;
      expect(await collections.findMany(ownerId, [newId(), id])).toEqual([null, collection]);
      expect(await collections.findMany(reader, [id])).toEqual([null]);
      expect(await collections.summaries(reader, [id])).toEqual([null]);
      expect(await collections.update(reader, id, { isShared: true })).toBeNull();
      const shared = { ...collection, isShared: true, name: 'Rules', description: null };
      expect(
        await collections.update(ownerId, id, { isShared: true, name: 'Rules', description: null }),
      ).toEqual(shared);
      expect(await collections.update(ownerId, id, {})).toEqual(shared);
      expect(await collections.findMany(reader, [id])).toEqual([shared]);
      expect(await collections.summaries(reader, [id])).toEqual([
        { documents: 0, unsplit: 0, passages: 0, embedded: 0 },
      ]);
      expect(await collections.update(reader, id, { name: 'Mine' })).toBeNull();
      expect(await collections.delete(reader, id)).toBeNull();
      await collections.update(ownerId, id, { isShared: false });
      expect(await collections.findMany(reader, [id])).toEqual([null]);
    });

    it('lists own and shared collections, newest first', async () => {
      const ownerId = newId();
      const first = await insert({ ownerId, createdAt: at(1) });
      const shared = await insert({ createdAt: at(2), isShared: true });
      const third = await insert({ ownerId, createdAt: at(3) });
      await insert({ createdAt: at(4) });
      const { collections } = stores;
      expect((await collections.page(ownerId, forward(2))).items).toEqual([third, shared]);
      expect((await collections.page(ownerId, forward(2, shared))).items).toEqual([first]);
      expect((await collections.page(ownerId, backward(1))).items).toEqual([first]);
      expect(await collections.ofOwner(ownerId)).toEqual([first, third]);
      await collections.delete(shared.ownerId, shared.id);
    });

    it('holds the limit of collections, also for simultaneous inserts', async () => {
      const { ownerId } = await insert();
      await Promise.all(
        Array.from({ length: 8 }, () => stores.collections.insert(newCollection({ ownerId }), 3)),
      );
      expect((await stores.collections.ofOwner(ownerId)).length).toBeLessThanOrEqual(3);
      expect(await stores.collections.insert(newCollection({ ownerId }), 1)).toBe(false);
    });

    it('adds the owner’s documents only, up to the limit, and each to one collection', async () => {
      const { id, ownerId } = await insert();
      const other = await insert({ ownerId });
      const insertOf = (owner: string) => insertDocument(stores, { ownerId: owner }, 'word');
      const [first, second, third] = [
        await insertOf(ownerId),
        await insertOf(ownerId),
        await insertOf(ownerId),
      ];
      const foreign = await insertOf(newId());
      const { collections } = stores;
      const add = (collection: string, ...ids: string[]) =>
        collections.addDocuments(ownerId, collection, ids, 2);
      expect(await add(newId(), first.id)).toBe('ABSENT');
      expect(await add(id, first.id, second.id, third.id)).toBe('FULL');
      expect(await add(id, first.id, second.id, foreign.id)).toBe('ADDED');
      expect(await add(id, first.id)).toBe('ADDED');
      expect(await add(id, third.id)).toBe('FULL');
      expect(await add(other.id, first.id)).toBe('ADDED');
      const documents = await stores.attachments.pageOfCollection(ownerId, id, forward(5));
      expect(documents.items.map((one) => one.id).toSorted()).toEqual([first.id, second.id].toSorted());
      expect((await stores.attachments.pageOfCollection(ownerId, other.id, forward(5))).items).toEqual([]);
      await stores.attachments.insert(newAttachment({ ownerId, collectionId: other.id }), 'unsplit');
      expect(await collections.summaries(ownerId, [id, other.id])).toEqual([
        { documents: 2, unsplit: 0, passages: 2, embedded: 2 },
        { documents: 1, unsplit: 1, passages: 0, embedded: 0 },
      ]);
    });

    it('lets everyone read and search the documents of a shared collection in every query, until it is withdrawn', async () => {
      const { id, ownerId } = await insert();
      const document = await insertDocument(stores, { ownerId, collectionId: id }, 'zeppelin');
      const apart = await insertDocument(stores, { ownerId }, 'zeppelin');
      const reader = newId();
      const { attachments, passages } = stores;
      const ids = [apart.id, document.id];
      const scope = { readerId: reader, attachmentIds: ids };
      const read = async (): Promise<readonly (readonly string[])[]> => {
        const listed = [
          ...(await passages.list(reader, document.id, 0, 9)),
          ...(await passages.list(reader, apart.id, 0, 9)),
        ];
        const found = [
          ...(await passages.findMany(reader, document.id, [0])),
          ...(await passages.findMany(reader, apart.id, [0])),
        ];
        const texts = [
          await attachments.readableText(reader, document.id),
          await attachments.readableText(reader, apart.id),
        ];
        const states = await passages.indexing(reader, ids);
        const idsOf = (rows: readonly { readonly attachmentId: string }[]) =>
          rows.map((row) => row.attachmentId);
        return [
          (await attachments.findReadable(reader, ids)).flatMap((one) => (one ? [one.id] : [])),
          texts.flatMap((text, index) => (text === null ? [] : [[document.id, apart.id][index] ?? ''])),
          (await attachments.pageOfCollection(reader, id, forward(9))).items.map((one) => one.id),
          await passages.searchableIn(reader, [id]),
          states.flatMap((state, index) => (state ? [ids[index] ?? ''] : [])),
          idsOf(listed),
          idsOf(found),
          idsOf(await passages.matching(scope, ['zeppeli'], 9)),
          idsOf(await passages.nearest(scope, 'm', document.vector, 9)),
        ];
      };
      const all = (found: readonly string[]) => Array.from({ length: 9 }, () => found);
      expect(await read()).toEqual(all([]));
      await stores.collections.update(ownerId, id, { isShared: true });
      expect(await read()).toEqual(all([document.id]));
      // Reading is no owning.
      expect(await attachments.find(reader, document.id)).toBeNull();
      expect(await attachments.text(reader, document.id)).toBeNull();
      expect(await attachments.delete(reader, document.id)).toBeNull();
      await attachments.assign(reader, [document.id], newId());
      expect((await attachments.find(ownerId, document.id))?.conversationId).toBeNull();
      await stores.collections.update(ownerId, id, { isShared: false });
      expect(await read()).toEqual(all([]));
    });

    it('searches as many documents as can be chosen', async () => {
      const { id, ownerId } = await insert();
      const document = await insertDocument(stores, { ownerId, collectionId: id }, 'zeppelin');
      const attachmentIds = [...Array.from({ length: 2000 }, newId), document.id];
      const found = await stores.passages.matching({ readerId: ownerId, attachmentIds }, ['zeppeli'], 9);
      expect(found.map(({ attachmentId }) => attachmentId)).toEqual([document.id]);
    });

    it('keeps a document while a conversation or a collection has it', async () => {
      const { id, ownerId } = await insert();
      const conversation = newConversation({ ownerId });
      await stores.conversations.insert(conversation);
      const [both, kept] = [
        await insertDocument(stores, { ownerId, collectionId: id }, 'both'),
        await insertDocument(stores, { ownerId, collectionId: id }, 'kept'),
      ];
      const { attachments, collections } = stores;
      expect(await attachments.unsentAnyOwner(at(100), null)).not.toContainEqual(
        expect.objectContaining({ id: kept.id }),
      );
      await attachments.assign(ownerId, [both.id], conversation.id);
      await stores.conversations.delete(ownerId, conversation.id);
      expect(await attachments.find(ownerId, both.id)).toMatchObject({
        conversationId: null,
        collectionId: id,
      });
      expect(await attachments.text(ownerId, both.id)).toBe('both');
      const next = newConversation({ ownerId });
      await stores.conversations.insert(next);
      await attachments.assign(ownerId, [both.id], next.id);
      expect(await collections.removeDocuments(newId(), id, [both.id, kept.id])).toEqual([]);
      expect(await collections.removeDocuments(ownerId, id, [both.id, kept.id])).toEqual([kept.fileKey]);
      expect(await attachments.find(ownerId, both.id)).toMatchObject({
        conversationId: next.id,
        collectionId: null,
      });
      expect(await attachments.find(ownerId, kept.id)).toBeNull();
      expect(await collections.addDocuments(ownerId, id, [both.id], 9)).toBe('ADDED');
      expect(await collections.delete(ownerId, id)).toEqual([]);
      expect(await collections.delete(ownerId, id)).toBeNull();
      expect(await attachments.text(ownerId, both.id)).toBe('both');
      expect((await stores.passages.list(ownerId, both.id, 0, 9)).length).toBe(1);
      await stores.conversations.delete(ownerId, next.id);
      expect(await attachments.find(ownerId, both.id)).toBeNull();
    });

    it('keeps what a legal hold covers, also one that is placed after the checks of the service', async () => {
      const { id, ownerId } = await insert({ isShared: true });
      const document = await insertDocument(stores, { ownerId, collectionId: id }, 'held');
      const hold = {
        id: newId(),
        ownerId,
        conversationId: null,
        reason: 'Case 7',
        placedBy: 'admin',
        createdAt: at(1),
      };
      await stores.holds.insert(hold, 10);
      const { collections, attachments } = stores;
      expect(await collections.delete(ownerId, id)).toBe('HELD');
      expect(await collections.removeDocuments(ownerId, id, [document.id])).toBe('HELD');
      expect(await collections.findMany(newId(), [id])).toEqual([expect.objectContaining({ ownerId })]);
      expect(await attachments.find(ownerId, document.id)).toMatchObject({ collectionId: id });
      await stores.holds.delete(hold.id);
      expect(await collections.removeDocuments(ownerId, id, [document.id])).toEqual([document.fileKey]);
      expect(await collections.delete(ownerId, id)).toEqual([]);
    });

    it('stores the choice of conversations and folders, without deleted collections', async () => {
      const made = await chosenCollection(stores, 'xylophon');
      const { id, ownerId } = made.collection;
      const conversation = newConversation({ ownerId });
      await stores.conversations.insert(conversation);
      const chosen = [newId(), id];
      expect(await stores.conversations.update(ownerId, conversation.id, { collectionIds: chosen })).toEqual({
        ...conversation,
        collectionIds: chosen,
      });
      const [folder] = (await stores.folders.page(ownerId, forward(1))).items;
      expect(folder?.collectionIds).toEqual([id]);
      await stores.collections.deleteOfOwner(ownerId);
      await stores.collections.deleteOfOwner(ownerId);
      expect((await stores.conversations.find(ownerId, conversation.id))?.collectionIds).toEqual([chosen[0]]);
      expect((await stores.folders.find(ownerId, folder?.id ?? ''))?.collectionIds).toEqual([]);
      expect(await stores.collections.ofOwner(ownerId)).toEqual([]);
      expect(await stores.attachments.find(ownerId, made.document.id)).toBeNull();
    });

    it('counts collections towards the stored bytes of their owner', async () => {
      const { id, ownerId } = await insert({ name: 'ä', description: 'abc' });
      const count = async () => {
        const bytes = await stores.storage.recount(ownerId);
        expect(await stores.storage.usedBy([ownerId])).toEqual([bytes]);
        return bytes;
      };
      expect(await count()).toBe(rowBytes.collection + 2 + 3);
      await stores.collections.update(ownerId, id, { description: null });
      expect(await count()).toBe(rowBytes.collection + 2);
      const { storedBytes } = await insertDocument(stores, { ownerId, collectionId: id }, 'word');
      expect(await count()).toBe(rowBytes.collection + 2 + storedBytes);
      await stores.collections.delete(ownerId, id);
      expect(await count()).toBe(0);
    });
  });
};
