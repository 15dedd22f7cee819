import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../../mongo/server.testing.ts';
import { chosenCollection, insertDocument } from '../collections.testing.ts';
import { describeCollectionStore } from './store.contract.ts';

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
});
