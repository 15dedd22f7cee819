import { collectionsOf } from '../../mongo/collections.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../../mongo/server.testing.ts';
import { at, forward, newConversation, newId } from '../../stores/stores.contract.ts';
import { chosenCollection, insertDocument, newCollection } from '../collections.testing.ts';
import { describeCollectionStore } from './store.contract.ts';
import { mongoCollectionStore } from './store.mongo.ts';
import type { CollectionStore } from './store.ts';

describeWithMongo('on MongoDB', () => {
  describeCollectionStore(() => openTemporaryMongoStores());

  /** Resolves to the collections of the database that have one of the marks, in text or in bytes. */
  const tracesIn = (databaseName: string, marks: readonly string[]) =>
    withClient(async (client) => {
      const found: string[] = [];
      for (const collection of await client.db(databaseName).collections()) {
        const documents = await collection.find({}, { raw: true }).toArray();
        const hasTrace = documents.some((document) => {
          const bytes = Buffer.from(document as unknown as Uint8Array);
          return marks.some((mark) => bytes.includes(mark));
        });
        if (hasTrace) found.push(collection.collectionName);
      }
      return found.sort();
    });

  it('leaves no trace of a deleted collection and its documents in the database', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const { collection, document, ...made } = await chosenCollection(stores, 'xylophon');
    const traces = () => tracesIn(databaseName, ['xylopho', collection.id, document.id]);
    expect(await traces()).toEqual([
      'attachmentFiles.chunks',
      'attachmentTexts',
      'attachments',
      'collections',
      'conversations',
      'folders',
      'passages',
    ]);
    await made.delete();
    expect(await traces()).toEqual([]);
    await stores.close();
  });

  it('hides documents of collections from the sweep of earlier releases', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    /** As the release before collections finds what to delete. */
    const swept = (ids: readonly string[]) =>
      withClient(async (client) => {
        const found = client
          .db(databaseName)
          .collection<{ _id: string }>('attachments')
          .find({ conversationId: null, createdAt: { $lt: at(100) } });
        return (await found.toArray()).map(({ _id }) => _id).filter((id) => ids.includes(id));
      });
    const collection = newCollection();
    const { id, ownerId } = collection;
    await stores.collections.insert(collection, 10);
    const conversation = newConversation({ ownerId });
    await stores.conversations.insert(conversation);
    const [added, sent] = [
      await insertDocument(stores, { ownerId }, 'added'),
      await insertDocument(stores, { ownerId }, 'sent'),
    ];
    const ids = [added.id, sent.id];
    expect(await swept(ids)).toHaveLength(2);
    await stores.attachments.assign(ownerId, [sent.id], conversation.id);
    expect(await stores.collections.addDocuments(ownerId, id, ids, 1)).toBe('FULL');
    expect(await swept(ids)).toEqual([added.id]);
    expect(await stores.collections.addDocuments(ownerId, id, ids, 9)).toBe('ADDED');
    expect(await swept(ids)).toEqual([]);
    await stores.conversations.delete(ownerId, conversation.id);
    expect(await swept(ids)).toEqual([]);
    expect(await stores.attachments.findMany(ownerId, ids)).toEqual([
      expect.objectContaining({ conversationId: null, collectionId: id }),
      expect.objectContaining({ conversationId: null, collectionId: id }),
    ]);
    await stores.close();
  });

  it('completes a deletion that a crash interrupted, also of documents that were added meanwhile', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const { collection, document } = await chosenCollection(stores, 'xylophon');
    const late = await insertDocument(
      stores,
      { ownerId: collection.ownerId, collectionId: 'absent' },
      'xylophon',
    );
    await withClient((client) =>
      client
        .db(databaseName)
        .collection<{ _id: string }>('collections')
        .updateOne({ _id: collection.id }, { $set: { ownerId: null, isShared: false } }),
    );
    expect(
      await stores.attachments.pageOfCollection('anyone', collection.id, {
        direction: 'forward',
        size: 9,
        after: null,
        before: null,
      }),
    ).toMatchObject({ items: [] });
    const again = await openTemporaryMongoStores(databaseName);
    expect(await tracesIn(databaseName, [collection.id, document.id, late.id])).toEqual([]);
    await stores.close();
    await again.close();
  });

  it.each(['delete', 'removeDocuments'])('undoes %s if a legal hold is placed in the middle', async (how) => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const collection = newCollection({ isShared: true });
    const { id, ownerId } = collection;
    await stores.collections.insert(collection, 10);
    const document = await insertDocument(stores, { ownerId, collectionId: id }, 'held');
    await withClient(async (client) => {
      const database = client.db(databaseName);
      const collections = collectionsOf(database);
      let checks = 0;
      const holds = Object.assign(Object.create(collections.holds), {
        async findOne() {
          checks += 1;
          return checks === 1 ? null : { ownerId };
        },
      });
      const store = mongoCollectionStore((operation) => operation({ ...collections, holds }, database));
      const run = () =>
        how === 'delete' ? store.delete(ownerId, id) : store.removeDocuments(ownerId, id, [document.id]);
      expect(await run()).toBe('HELD');
    });
    expect(await stores.collections.findMany(ownerId, [id])).toEqual([collection]);
    const { items } = await stores.attachments.pageOfCollection(newId(), id, forward(9));
    expect(items).toEqual([await stores.attachments.find(ownerId, document.id)]);
    expect(await stores.passages.list(ownerId, document.id, 0, 9)).toHaveLength(1);
    await stores.close();
  });

  /** Runs a deletion that crashes when it deletes the texts of documents. */
  const crashing = (databaseName: string, remove: (store: CollectionStore) => Promise<unknown>) =>
    withClient(async (client) => {
      const database = client.db(databaseName);
      const collections = collectionsOf(database);
      const attachmentTexts = Object.assign(Object.create(collections.attachmentTexts), {
        deleteMany: () => Promise.reject(new Error('crash')),
      });
      const store = mongoCollectionStore((operation) =>
        operation({ ...collections, attachmentTexts }, database),
      );
      await expect(remove(store)).rejects.toThrow('crash');
    });

  it.each(['a retry', 'the next start', 'the deletion of the owner'])(
    'leaves nothing of a deletion that crashed in the middle after %s',
    async (how) => {
      const databaseName = freshDatabaseName();
      const stores = await openTemporaryMongoStores(databaseName);
      const { collection, document } = await chosenCollection(stores, 'xylophon');
      const { id, ownerId } = collection;
      await crashing(databaseName, (store) => store.delete(ownerId, id));
      expect(await stores.collections.findMany(ownerId, [id])).toEqual([null]);
      expect(await stores.attachments.find(ownerId, document.id)).toBeNull();
      expect((await stores.attachments.page(ownerId, forward(9))).items).toEqual([]);
      expect(await stores.passages.claim('n', at(1000), at(1001))).toBeNull();
      const again = how === 'the next start' ? await openTemporaryMongoStores(databaseName) : null;
      if (how === 'a retry') {
        expect(await stores.collections.delete(ownerId, id)).toEqual([document.fileKey]);
      } else if (how === 'the deletion of the owner') {
        expect(await stores.attachments.deleteOfOwner(ownerId)).toEqual([document.fileKey]);
        await stores.collections.deleteOfOwner(ownerId);
      }
      await stores.attachmentFiles.delete([document.fileKey]);
      expect(await tracesIn(databaseName, ['xylopho', id, document.id])).toEqual([]);
      await stores.close();
      await again?.close();
    },
  );

  it('deletes removed documents at the next start if their deletion crashed', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const { collection, document } = await chosenCollection(stores, 'xylophon');
    const { id, ownerId } = collection;
    await crashing(databaseName, (store) => store.removeDocuments(ownerId, id, [document.id]));
    expect((await stores.attachments.pageOfCollection('anyone', id, forward(9))).items).toEqual([]);
    const again = await openTemporaryMongoStores(databaseName);
    expect(await tracesIn(databaseName, [document.id])).toEqual([]);
    await stores.close();
    await again.close();
  });
});
