import { buffer } from 'node:stream/consumers';
import { silent } from '../../redis/server.testing.ts';
import { openBucket } from '../../s3/client.ts';
import { createBucket, describeWithS3, openTemporaryBucketStores } from '../../s3/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { newId } from '../../stores/stores.contract.ts';
import { withBucket } from '../../stores/stores.s3.ts';
import { sha256Of } from '../attachments.testing.ts';
import { describeAttachmentFiles } from './files.contract.ts';

const newFile = (content: string) => ({ ownerId: newId(), id: newId(), sha256: sha256Of(content) });
const later = () => new Date(Date.now() + 60_000);

describeWithS3('in a bucket', () => {
  describeAttachmentFiles(() => openTemporaryBucketStores('files/'));

  it('keeps equal files of a user apart, because replicas delete them at any time', async () => {
    const stores = await openTemporaryBucketStores();
    const { attachmentFiles: files } = stores;
    const file = newFile('same');
    const [one, other] = [
      await files.write(file, Buffer.from('same')),
      await files.write({ ...file, id: newId() }, Buffer.from('same')),
    ];
    await files.delete([one]);
    expect((await buffer(await files.open(other))).toString()).toBe('same');
    await stores.close();
  });

  it('still reads, lists and deletes the files that were stored before', async () => {
    const local = await openTemporaryStores();
    const before = await local.attachmentFiles.write(newFile('old'), Buffer.from('old'));
    const stores = await withBucket(local, await createBucket(), silent);
    const { attachmentFiles: files } = stores;
    const after = await files.write(newFile('new'), Buffer.from('new'));
    const keys: string[] = [];
    for await (const key of files.keys(later())) keys.push(key);
    expect(keys.sort()).toEqual([before, after].sort());
    expect((await buffer(await files.open(before))).toString()).toBe('old');
    await files.delete(keys);
    for (const key of keys) await expect(files.open(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await stores.close();
  });

  it('lists no objects of others, which the clean-up would delete', async () => {
    const bucket = await createBucket();
    const client = openBucket(bucket);
    for (const name of ['photos/cat', `${newId()}/${newId()}`, 'ziggie-llm/other']) {
      await client.putObject(name, 'of others');
    }
    const stores = await withBucket(await openTemporaryStores(), bucket, silent);
    const key = await stores.attachmentFiles.write(newFile('ours'), Buffer.from('ours'));
    const keys: string[] = [];
    for await (const listed of stores.attachmentFiles.keys(later())) keys.push(listed);
    expect(keys).toEqual([key]);
    await stores.close();
  });

  it('lists more files than a page has', async () => {
    const stores = await openTemporaryBucketStores();
    const { attachmentFiles: files } = stores;
    const count = 1_003;
    for (let written = 0; written < count; written += 17) {
      await Promise.all(Array.from({ length: 17 }, () => files.write(newFile('x'), Buffer.from('x'))));
    }
    let listed = 0;
    for await (const _key of files.keys(later())) listed += 1;
    expect(listed).toBe(count);
    await stores.close();
  }, 60_000);

  it('stores no file that arrives damaged', async () => {
    const stores = await openTemporaryBucketStores();
    const { attachmentFiles: files } = stores;
    await expect(files.write(newFile('sent'), Buffer.from('received'))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    for await (const key of files.keys(later())) throw new Error(`stored ${key}`);
    await stores.close();
  });
});
