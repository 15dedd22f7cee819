import { Binary, type ObjectId } from 'mongodb';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../../mongo/server.testing.ts';
import { newId } from '../../stores/stores.contract.ts';
import { sha256Of } from '../attachments.testing.ts';
import { describeAttachmentFiles } from './files.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeAttachmentFiles(() => openTemporaryMongoStores());

  it('lists the chunks that a crash left without a file, so that they are deleted', async () => {
    const databaseName = freshDatabaseName();
    const stores = await openTemporaryMongoStores(databaseName);
    const files = stores.attachmentFiles;
    const keys = async (before: Date) => {
      const found: string[] = [];
      for await (const key of files.keys(before)) found.push(key);
      return found.sort();
    };
    await withClient(async (client) => {
      const chunks = client
        .db(databaseName)
        .collection<{ _id: ObjectId; files_id: string; n: number; data: Binary }>('attachmentFiles.chunks');
      const whole = await files.write({ ownerId: 'a', id: newId(), sha256: sha256Of('x') }, Buffer.from('x'));
      const lost = `b/${newId()}`;
      for (const n of [0, 1]) {
        await chunks.insertOne({ files_id: lost, n, data: new Binary(Buffer.from('y')) } as never);
      }
      const later = new Date(Date.now() + 60_000);
      expect(await keys(later)).toEqual([whole, lost]);
      expect(await keys(new Date(Date.now() - 60_000))).toEqual([]);
      await files.delete([lost]);
      expect(await chunks.countDocuments()).toBe(1);
      expect(await keys(later)).toEqual([whole]);
    });
    await stores.close();
  });
});
