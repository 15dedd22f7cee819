import { MongoClient } from 'mongodb';
import { collectionsOf } from '../../../mongo/collections.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  sharedMongoUrl,
  withClient,
} from '../../../mongo/server.testing.ts';
import { newAttachment } from '../../attachments.testing.ts';
import { describePassageStore } from './store.contract.ts';
import { mongoPassageStore } from './store.mongo.ts';

describeWithMongo('on MongoDB', () => {
  describePassageStore(() => openTemporaryMongoStores());

  it('leaves no passage, term or vector of a deleted document in the collections', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const attachment = newAttachment();
    const { ownerId, id } = attachment;
    await stores.attachments.insert(attachment, 'the text has xylophon in it');
    const fields = { start: 0, end: 3, page: 1, heading: 'xylophon heading', terms: ['xylophon'] };
    const passages = Array.from({ length: 300 }, (_, number) => ({ number, ...fields }));
    await stores.passages.insert(ownerId, id, passages);
    await stores.passages.begin(ownerId, id, 'm');
    await stores.passages.embed(ownerId, id, 'm', [
      { number: 0, vector: new Float32Array(Buffer.from('xylophon').buffer.slice(0, 8)) },
    ]);
    /** Resolves to the collections that have the word, in text or in bytes, or the id of the document. */
    const traces = () =>
      withClient(async (client) => {
        const found: string[] = [];
        for (const collection of await client.db(databaseName).collections()) {
          const documents = await collection.find({}, { raw: true }).toArray();
          const hasTrace = documents.some((document) => {
            const bytes = Buffer.from(document as unknown as Uint8Array);
            return ['xylophon', id].some((trace) => bytes.includes(trace));
          });
          if (hasTrace) found.push(collection.collectionName);
        }
        return found.sort();
      });
    expect(await traces()).toEqual(['attachmentTexts', 'attachments', 'passages']);
    await stores.attachments.delete(ownerId, id);
    expect(await traces()).toEqual([]);
    await stores.close();
  });

  it('gets only the terms that match from the database', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const attachment = newAttachment();
    const { ownerId, id } = attachment;
    await stores.attachments.insert(attachment, 'text');
    const place = { number: 0, start: 0, end: 3, page: 1, heading: null };
    await stores.passages.insert(ownerId, id, [{ ...place, terms: ['wanted', 'xylophon'] }]);
    const client = new MongoClient(sharedMongoUrl, { monitorCommands: true });
    const replies: string[] = [];
    client.on('commandSucceeded', ({ reply }) => replies.push(JSON.stringify(reply)));
    const database = client.db(databaseName);
    const passages = mongoPassageStore((operation) => operation(collectionsOf(database), database));
    const scope = { readerId: ownerId, attachmentIds: [id] };
    expect(await passages.matching(scope, ['wanted', '$other'], 9)).toEqual([{ attachmentId: id, ...place }]);
    expect(replies.join()).toContain('wanted');
    expect(replies.join()).not.toContain('xylophon');
    await client.close();
    await stores.close();
  });
});
