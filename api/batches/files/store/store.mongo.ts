import type { Collection } from 'mongodb';
import type { RunMongo } from '../../../mongo/connection.ts';
import { type BatchFile, type BatchFilePart, partIdOf } from '../file.ts';
import type { BatchFileStore } from './store.ts';

declare module '../../../mongo/collections.ts' {
  interface Collections {
    readonly batchFiles: Collection<BatchFileDocument>;
    readonly batchFileParts: Collection<BatchFilePartDocument>;
  }
}

export interface BatchFileDocument extends Omit<BatchFile, 'id'> {
  readonly _id: string;
}

export interface BatchFilePartDocument extends BatchFilePart {
  readonly _id: string;
}

export const batchFileDocumentOf = ({ id, ...file }: BatchFile): BatchFileDocument => ({ _id: id, ...file });

export const batchFilePartDocumentOf = (part: BatchFilePart): BatchFilePartDocument => ({
  _id: partIdOf(part),
  ...part,
});

const fileOf = ({ _id, ...file }: BatchFileDocument): BatchFile => ({ id: _id, ...file });

export const mongoBatchFileStore = (run: RunMongo): BatchFileStore => ({
  addPart: (part) =>
    run(async ({ batchFileParts }) => {
      await batchFileParts.insertOne(batchFilePartDocumentOf(part));
    }),
  insert: (file, max) =>
    run(async ({ batchFiles, batchFileParts }) => {
      await batchFiles.insertOne(batchFileDocumentOf(file));
      // After the insert, so that simultaneous ones together stay below the limit.
      if ((await batchFiles.countDocuments({ ownerId: file.ownerId })) <= max) return true;
      await batchFiles.deleteOne({ _id: file.id });
      await batchFileParts.deleteMany({ fileId: file.id });
      return false;
    }),
  find: (ownerId, id) =>
    run(async ({ batchFiles }) => {
      const found = await batchFiles.findOne({ _id: id, ownerId });
      return found && fileOf(found);
    }),
  ofOwner: (ownerId) =>
    run(async ({ batchFiles }) =>
      (await batchFiles.find({ ownerId }).sort({ createdAt: -1, _id: -1 }).toArray()).map(fileOf),
    ),
  part: (ownerId, id, number) =>
    run(async ({ batchFileParts }) => {
      const found = await batchFileParts.findOne({
        _id: partIdOf({ fileId: id, number }),
        ownerId,
      });
      return found?.content ?? null;
    }),
  delete: (ownerId, id) =>
    run(async ({ batchFiles, batchFileParts }) => {
      // Parts that a crash in between leaves are deleted later.
      const isDeleted = (await batchFiles.deleteOne({ _id: id, ownerId })).deletedCount > 0;
      if (isDeleted) await batchFileParts.deleteMany({ fileId: id });
      return isDeleted;
    }),
  deleteOfOwner: (ownerId) =>
    run(async ({ batchFiles, batchFileParts }) => {
      await batchFiles.deleteMany({ ownerId });
      await batchFileParts.deleteMany({ ownerId });
    }),
  createdBeforeAnyOwner: (before, afterId) =>
    run(async ({ batchFiles }) =>
      (
        await batchFiles
          .find({ createdAt: { $lt: before }, _id: { $gt: afterId ?? '' } })
          .sort({ _id: 1 })
          .limit(1000)
          .toArray()
      ).map(fileOf),
    ),
  deleteOrphansAnyOwner: (before) =>
    run(async ({ batchFiles, batchFileParts }) => {
      const fileIds: string[] = await batchFileParts.distinct('fileId', { createdAt: { $lt: before } });
      const present = await batchFiles.find({ _id: { $in: fileIds } }, { projection: { _id: 1 } }).toArray();
      const known = new Set(present.map(({ _id }) => _id));
      const orphans = fileIds.filter((id) => !known.has(id));
      if (orphans.length > 0) await batchFileParts.deleteMany({ fileId: { $in: orphans } });
    }),
});
