import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Binary, type Db, GridFSBucket, type GridFSFile, type ObjectId } from 'mongodb';
import { notFound } from '../../errors/failures.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import type { AttachmentFiles, NewFile, UnfinishedUpload } from './files.ts';

/** The part of a file that one document holds, in bytes. */
const chunkBytes = 1_048_576;

const uploadId = ({ ownerId, sha256 }: UnfinishedUpload): string => `${ownerId}/${sha256}`;

/** GridFS accepts any `_id`; its types know only ObjectId. */
const asId = (key: string): ObjectId => key as unknown as ObjectId;

/** Returns the key of an attachment's file. */
export const gridFsKeyOf = ({ ownerId, id }: Pick<NewFile, 'ownerId' | 'id'>): string => `${ownerId}/${id}`;

/** Stores files in GridFS, which all replicas share. A key is unique by attachment. */
export const gridFsAttachmentFiles = (run: RunMongo): AttachmentFiles => {
  const bucketIn = (database: Db) =>
    new GridFSBucket(database, { bucketName: 'attachmentFiles', chunkSizeBytes: chunkBytes });

  const received = (upload: UnfinishedUpload): Promise<number> =>
    run(async ({ attachmentParts }) => {
      const last = await attachmentParts.findOne(
        { upload: uploadId(upload) },
        { projection: { bytes: 0 }, sort: { offset: -1 } },
      );
      return last === null ? 0 : last.offset + last.length;
    });

  return {
    async write(given, bytes) {
      const key = gridFsKeyOf(given);
      await run(async (_collections, database) => {
        const file = bucketIn(database).openUploadStreamWithId(asId(key), key);
        try {
          await pipeline(Readable.from([bytes]), file);
        } catch (error) {
          await file.abort().catch(() => {});
          throw error;
        }
      });
      return key;
    },
    async open(key) {
      return run(async (_collections, database) => {
        const bucket = bucketIn(database);
        const found = await bucket.find({ _id: asId(key) }).next();
        if (!found) throw notFound('attachment');
        return bucket.openDownloadStream(asId(key));
      });
    },
    async delete(keys) {
      for (const key of keys) {
        await run(async (_collections, database) => {
          // Deletes the chunks of an upload that a crash interrupted too, which `bucket.delete` rejects.
          await database.collection('attachmentFiles.files').deleteOne({ _id: asId(key) });
          await database.collection('attachmentFiles.chunks').deleteMany({ files_id: asId(key) });
        });
      }
    },
    async *keys(before) {
      const files: AsyncIterable<GridFSFile> = await run(async (_collections, database) =>
        bucketIn(database).find({ uploadDate: { $lt: before } }, { projection: { _id: 1 } }),
      );
      for await (const { _id } of files) yield String(_id);
      // A file's document is written after its chunks, which a crash leaves without one.
      const unfinished = await run(async (_collections, database) =>
        database.collection('attachmentFiles.chunks').aggregate<{ _id: string; first: ObjectId }>([
          { $sort: { files_id: 1, n: 1 } },
          { $group: { _id: '$files_id', first: { $first: '$_id' } } },
          {
            $lookup: { from: 'attachmentFiles.files', localField: '_id', foreignField: '_id', as: 'file' },
          },
          { $match: { file: { $size: 0 } } },
        ]),
      );
      for await (const { _id, first } of unfinished) if (first.getTimestamp() < before) yield _id;
    },
    received,
    async append(upload, offset, part) {
      if (part.byteLength === 0 || (await received(upload)) !== offset) return received(upload);
      const name = uploadId(upload);
      await run(async ({ attachmentParts }) => {
        await attachmentParts
          .insertOne({
            _id: `${name}/${offset}`,
            upload: name,
            offset,
            length: part.byteLength,
            bytes: new Binary(part),
            createdAt: new Date(),
          })
          .catch((error: unknown) => {
            // Another request has written a part at this offset.
            if (!isDuplicate(error)) throw error;
          });
      });
      return received(upload);
    },
    join: (upload) =>
      run(async ({ attachmentParts }) => {
        const parts = await attachmentParts
          .find({ upload: uploadId(upload) })
          .sort({ offset: 1 })
          .toArray();
        return Buffer.concat(parts.map(({ bytes }) => bytes.value()));
      }),
    discard: (upload) =>
      run(async ({ attachmentParts }) => {
        await attachmentParts.deleteMany({ upload: uploadId(upload) });
      }),
    unfinishedBytes: (ownerId) =>
      run(async ({ attachmentParts }) => {
        const [sum] = await attachmentParts
          .aggregate<{ bytes: number }>([
            { $match: { upload: ofOwner(ownerId) } },
            { $group: { _id: null, bytes: { $sum: '$length' } } },
          ])
          .toArray();
        return sum?.bytes ?? 0;
      }),
    deleteOfOwner: (ownerId) =>
      run(async ({ attachmentParts }, database) => {
        // In this order: a crash leaves chunks, which the next call deletes.
        await database
          .collection<{ _id: string }>('attachmentFiles.files')
          .deleteMany({ _id: ofOwner(ownerId) });
        await database.collection('attachmentFiles.chunks').deleteMany({ files_id: ofOwner(ownerId) });
        await attachmentParts.deleteMany({ upload: ofOwner(ownerId) });
      }),
    discardBefore: (before) =>
      run(async ({ attachmentParts }) => {
        await attachmentParts.deleteMany({ createdAt: { $lt: before } });
      }),
  };
};

/** Matches the uploads and files of an owner, as a range of the index. `0` follows `/` in ASCII. */
const ofOwner = (ownerId: string) => ({ $gte: `${ownerId}/`, $lt: `${ownerId}0` });
