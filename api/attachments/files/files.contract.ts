import { buffer } from 'node:stream/consumers';
import { newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { sha256Of } from '../attachments.testing.ts';
import type { AttachmentFiles } from './files.ts';

const later = () => new Date(Date.now() + 60_000);

/** Tests of every store of files. */
export const describeAttachmentFiles = (open: OpenStores): void => {
  describe('a store of files', () => {
    let stores: Stores;
    let files: AttachmentFiles;
    beforeAll(async () => {
      stores = await open();
      files = stores.attachmentFiles;
    });
    afterAll(() => stores.close());

    const write = (content: string | Uint8Array, ownerId = newId()) =>
      files.write({ ownerId, id: newId(), sha256: sha256Of(content) }, Buffer.from(content));
    const keys = async (before: Date) => {
      const found: string[] = [];
      for await (const key of files.keys(before)) found.push(key);
      return found;
    };

    it('returns a file as it was written, until it is deleted', async () => {
      const bytes = Buffer.alloc(3_000_000, 'abcdefg');
      const key = await write(bytes);
      expect((await buffer(await files.open(key))).equals(bytes)).toBe(true);
      expect(await keys(later())).toContain(key);
      expect(await keys(new Date(0))).toEqual([]);
      await files.delete([key, key]);
      await expect(files.open(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await keys(later())).not.toContain(key);
    });

    it('keeps equal files of two users apart', async () => {
      const [one, other] = [await write('same'), await write('same')];
      await files.delete([one]);
      expect((await buffer(await files.open(other))).toString()).toBe('same');
    });

    it('joins the parts of an upload, and ignores parts at other offsets', async () => {
      const upload = { ownerId: newId(), sha256: sha256Of('abcdef') };
      expect(await files.received(upload)).toBe(0);
      expect(await files.append(upload, 0, Buffer.from('abc'))).toBe(3);
      expect(await files.append(upload, 0, Buffer.from('xyz'))).toBe(3);
      expect(await files.append(upload, 5, Buffer.from('xyz'))).toBe(3);
      expect(await files.append(upload, 3, Buffer.from('def'))).toBe(6);
      expect((await files.join(upload)).toString()).toBe('abcdef');
      expect(await files.unfinishedBytes(upload.ownerId)).toBe(6);
      expect(await files.received({ ...upload, ownerId: newId() })).toBe(0);
      await files.discard(upload);
      await files.discard(upload);
      expect(await files.received(upload)).toBe(0);
    });

    it('deletes all files and uploads of a user, and none of others', async () => {
      const [ownerId, other] = [newId(), newId()];
      const [first, second, kept] = [
        await write('one', ownerId),
        await write('two', ownerId),
        await write('kept', other),
      ];
      const uploads = [ownerId, other].map((of) => ({ ownerId: of, sha256: sha256Of('abc') }));
      for (const upload of uploads) await files.append(upload, 0, Buffer.from('a'));
      await files.deleteOfOwner(ownerId);
      await files.deleteOfOwner(ownerId);
      for (const key of [first, second]) {
        await expect(files.open(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
      expect((await keys(later())).filter((key) => key.startsWith(ownerId))).toEqual([]);
      expect((await buffer(await files.open(kept))).toString()).toBe('kept');
      expect(await Promise.all(uploads.map((upload) => files.received(upload)))).toEqual([0, 1]);
    });

    it('discards the uploads that nothing was added to', async () => {
      const [first, second] = [newId(), newId()].map((ownerId) => ({ ownerId, sha256: sha256Of('abc') }));
      if (!first || !second) throw new Error('unreachable');
      for (const upload of [first, second]) await files.append(upload, 0, Buffer.from('a'));
      await files.discardBefore(new Date(0));
      expect([await files.received(first), await files.received(second)]).toEqual([1, 1]);
      await files.discardBefore(later());
      expect([await files.received(first), await files.received(second)]).toEqual([0, 0]);
    });
  });
};
