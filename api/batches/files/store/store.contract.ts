import { at, insertMember, newId, type OpenStores } from '../../../stores/stores.contract.ts';
import type { Stores } from '../../../stores/stores.ts';
import type { BatchFile } from '../file.ts';

export const newBatchFile = (ownerId: string, given: Partial<BatchFile> = {}): BatchFile => ({
  id: newId(),
  ownerId,
  name: 'réquêtes.jsonl',
  bytes: 12,
  createdAt: at(1),
  ...given,
});

export const partOf = ({ id: fileId, ownerId, createdAt }: BatchFile, number: number, content: string) => ({
  fileId,
  ownerId,
  number,
  content,
  createdAt,
});

export function describeBatchFileStore(open: OpenStores): void {
  describe('a store of files for batches', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const written = async (file: BatchFile, ...parts: readonly string[]): Promise<BatchFile> => {
      for (const [number, content] of parts.entries()) {
        await stores.batchFiles.addPart(partOf(file, number, content));
      }
      expect(await stores.batchFiles.insert(file, 100)).toBe(true);
      return file;
    };

    it('keeps a file with its parts, for its owner only', async () => {
      const [ann, bob] = [await insertMember(stores), await insertMember(stores)];
      const { batchFiles } = stores;
      const file = await written(newBatchFile(ann), 'one "数据"\n', 'two');
      const newer = await written(newBatchFile(ann, { createdAt: at(2) }), 'x');
      expect(await batchFiles.find(ann, file.id)).toEqual(file);
      expect(await batchFiles.ofOwner(ann)).toEqual([newer, file]);
      expect(await batchFiles.part(ann, file.id, 0)).toBe('one "数据"\n');
      expect(await batchFiles.part(ann, file.id, 1)).toBe('two');
      expect(await batchFiles.part(ann, file.id, 2)).toBeNull();
      expect(await batchFiles.find(bob, file.id)).toBeNull();
      expect(await batchFiles.part(bob, file.id, 0)).toBeNull();
      expect(await batchFiles.ofOwner(bob)).toEqual([]);
      expect(await batchFiles.delete(bob, file.id)).toBe(false);
      expect(await batchFiles.delete(ann, file.id)).toBe(true);
      expect(await batchFiles.delete(ann, file.id)).toBe(false);
      expect(await batchFiles.part(ann, file.id, 0)).toBeNull();
      await batchFiles.deleteOfOwner(ann);
      expect(await batchFiles.ofOwner(ann)).toEqual([]);
      expect(await batchFiles.part(ann, newer.id, 0)).toBeNull();
    });

    it('limits the files of an owner, and leaves nothing of a rejected one', async () => {
      const ownerId = await insertMember(stores);
      await written(newBatchFile(ownerId), 'a');
      const file = newBatchFile(ownerId);
      await stores.batchFiles.addPart(partOf(file, 0, 'b'));
      expect(await stores.batchFiles.insert(file, 1)).toBe(false);
      expect(await stores.batchFiles.part(ownerId, file.id, 0)).toBeNull();
      expect(await stores.batchFiles.find(ownerId, file.id)).toBeNull();
    });

    it('counts its bytes towards the storage of the owner', async () => {
      const ownerId = await insertMember(stores);
      const file = await written(newBatchFile(ownerId), 'x'.repeat(5_000));
      expect(await stores.storage.recount(ownerId)).toBe(6_000);
      await stores.batchFiles.delete(ownerId, file.id);
      expect(await stores.storage.recount(ownerId)).toBe(0);
    });

    it('finds old files, and deletes what interrupted uploads left', async () => {
      const ownerId = await insertMember(stores);
      const file = await written(newBatchFile(ownerId, { createdAt: at(-100_000) }), 'a');
      const old = await stores.batchFiles.createdBeforeAnyOwner(at(-99_999), null);
      expect(old).toEqual([file]);
      expect(await stores.batchFiles.createdBeforeAnyOwner(at(-99_999), file.id)).toEqual([]);
      expect(await stores.batchFiles.createdBeforeAnyOwner(at(-100_000), null)).toEqual([]);
      const interrupted = newBatchFile(ownerId, { createdAt: at(-90_000) });
      await stores.batchFiles.addPart(partOf(interrupted, 0, 'b'));
      await stores.batchFiles.deleteOrphansAnyOwner(at(-90_000));
      expect(await stores.batchFiles.part(ownerId, interrupted.id, 0)).toBe('b');
      await stores.batchFiles.deleteOrphansAnyOwner(at(-89_999));
      expect(await stores.batchFiles.part(ownerId, interrupted.id, 0)).toBeNull();
      expect(await stores.batchFiles.part(ownerId, file.id, 0)).toBe('a');
    });
  });
}
