import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../../../mongo/server.testing.ts';
import { newAttachment } from '../../attachments.testing.ts';
import { describePassageStore } from './store.contract.ts';

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
});
