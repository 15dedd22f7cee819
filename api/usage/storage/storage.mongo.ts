import type { Collection, Document } from 'mongodb';
import type { Collections } from '../../mongo/collections.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { rowBytes, type StorageStore } from './storage.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly storage: Collection<StorageDocument>;
  }
}

/**
 * `_id` is the owner's id. Writes of requests are counted when they are admitted. Periodic recounts add what answers wrote,
 * subtract deletions, and repair the count after a crash.
 */
export interface StorageDocument {
  readonly _id: string;
  /** Stored and reserved bytes. */
  readonly bytes: number;
  /** Bytes reserved for pending writes. */
  readonly pending: number;
  readonly reservedAt: Date;
  /** Changes with each reservation, so that a concurrent recount doesn't overwrite it. */
  readonly version: number;
  readonly countedAt: Date;
}

/** The maximum age of a count when bytes are reserved, in milliseconds. */
const maxCountAgeMs = 5 * 60_000;
/** The age at which a pending write counts as lost in a crash, in milliseconds. */
const maxPendingMs = 60_000;
/** Maximum attempts of a recount that concurrent writes interrupt. */
const maxTries = 3;

export const mongoStorageStore = (run: RunMongo, clock: () => Date = () => new Date()): StorageStore => {
  const recount = async (collections: Collections, ownerId: string): Promise<number> => {
    const { storage } = collections;
    let bytes = 0;
    for (let tries = 0; tries < maxTries; tries += 1) {
      const before = await storage.findOne({ _id: ownerId });
      const now = clock();
      const isPending = before !== null && now.getTime() - before.reservedAt.getTime() < maxPendingMs;
      const pending = isPending ? before.pending : 0;
      bytes = await bytesOf(collections, ownerId);
      const counted = { pending, countedAt: now };
      const change =
        before === null
          ? { $set: { ...counted, bytes: bytes + pending, reservedAt: now }, $inc: { version: 1 } }
          : // Answers add their text meanwhile. Text that is counted twice is so until the next recount.
            { $set: counted, $inc: { bytes: bytes + pending - before.bytes, version: 1 } };
      try {
        const written = await storage.updateOne({ _id: ownerId, version: before?.version ?? 0 }, change, {
          upsert: before === null,
        });
        if (written.matchedCount + written.upsertedCount > 0) break;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }
    return bytes;
  };

  const recountIfStale = async (collections: Collections, ownerId: string): Promise<void> => {
    const found = await collections.storage.findOne({ _id: ownerId });
    const isFresh = found !== null && clock().getTime() - found.countedAt.getTime() < maxCountAgeMs;
    if (!isFresh) await recount(collections, ownerId);
  };

  const tryReserve = async ({ storage }: Collections, ownerId: string, bytes: number, limit: number) => {
    const reserved = await storage.updateOne(
      { _id: ownerId, bytes: { $lte: limit - bytes } },
      { $inc: { bytes, pending: bytes, version: 1 }, $set: { reservedAt: clock() } },
    );
    return reserved.matchedCount > 0;
  };

  return {
    reserve: (ownerId, bytes, limit) =>
      run(async (collections) => {
        await recountIfStale(collections, ownerId);
        if (!(await tryReserve(collections, ownerId, bytes, limit))) {
          // Conversations may have been deleted since the last count.
          await recount(collections, ownerId);
          if (!(await tryReserve(collections, ownerId, bytes, limit))) return null;
        }
        let isSettled = false;
        return {
          async settle(isWritten) {
            if (isSettled) return;
            isSettled = true;
            const change = { pending: -bytes, bytes: isWritten ? 0 : -bytes, version: 1 };
            // If this fails, a later recount repairs the count.
            await run(({ storage }) => storage.updateOne({ _id: ownerId }, { $inc: change })).catch(() => {});
          },
        };
      }),
    usedBy: (ownerIds) =>
      run(async (collections) => {
        for (const ownerId of ownerIds) await recountIfStale(collections, ownerId);
        const found = await collections.storage.find({ _id: { $in: [...ownerIds] } }).toArray();
        const byId = new Map(found.map(({ _id, bytes }) => [_id, bytes]));
        return ownerIds.map((id) => byId.get(id) ?? 0);
      }),
    largest: (max) =>
      run(async ({ storage }) => {
        const [largest, sums] = await Promise.all([
          storage.find({}).sort({ bytes: -1, _id: 1 }).limit(max).toArray(),
          storage
            .aggregate<{ total: number }>([{ $group: { _id: null, total: { $sum: '$bytes' } } }])
            .toArray(),
        ]);
        return {
          largest: largest.map(({ _id, bytes }) => ({ ownerId: _id, amount: bytes })),
          total: sums[0]?.total ?? 0,
        };
      }),
    deleteOfOwner: (ownerId) =>
      run(async ({ storage }) => {
        await storage.deleteOne({ _id: ownerId });
      }),
    recount: (ownerId) => run((collections) => recount(collections, ownerId)),
  };
};

const textBytes = (...fields: readonly string[]): Document => ({
  $sum: { $add: fields.map((field) => ({ $strLenBytes: { $ifNull: [`$${field}`, ''] } })) },
});

/** While its answer runs, a message counts the length of its content itself. */
const contentBytes: Document = { $sum: { $ifNull: ['$bytes', { $strLenBytes: '$content' }] } };

/** Values that aren't texts are stored as JSON texts. */
const generationBytes = textBytes('systemPrompt', 'prompt', 'format', 'thinking', 'toolCalls', 'toolUse');

const bytesOf = async (collections: Collections, ownerId: string) => {
  const {
    conversations,
    messages,
    generations,
    attachments,
    presets,
    folders,
    answerDefaults,
    batches,
    batchItems,
    batchFiles,
    batchFileParts,
  } = collections;
  const documentCollections = collections.collections;
  const sumOf = (rows: number, texts: Document) => [
    { $match: { ownerId } },
    { $group: { _id: null, rows: { $sum: rows }, texts } },
  ];
  type Sums = { rows: number; texts: number };
  const sums = await Promise.all([
    conversations.aggregate<Sums>(sumOf(rowBytes.conversation, textBytes('title', 'systemPrompt'))).toArray(),
    messages.aggregate<Sums>(sumOf(rowBytes.message, contentBytes)).toArray(),
    generations.aggregate<Sums>(sumOf(rowBytes.generation, generationBytes)).toArray(),
    attachments.aggregate<Sums>(sumOf(0, { $sum: '$storedBytes' })).toArray(),
    presets.aggregate<Sums>(sumOf(rowBytes.preset, textBytes('versions', 'description'))).toArray(),
    folders.aggregate<Sums>(sumOf(rowBytes.folder, textBytes('name', 'systemPrompt'))).toArray(),
    documentCollections
      .aggregate<Sums>(sumOf(rowBytes.collection, textBytes('name', 'description')))
      .toArray(),
    answerDefaults.aggregate<Sums>(sumOf(rowBytes.answerDefaults, textBytes('systemPrompt'))).toArray(),
    batches.aggregate<Sums>(sumOf(rowBytes.batch, textBytes('content'))).toArray(),
    batchFiles.aggregate<Sums>(sumOf(rowBytes.batch, { $sum: 0 })).toArray(),
    batchFileParts.aggregate<Sums>(sumOf(0, textBytes('content'))).toArray(),
    batchItems.aggregate<Sums>(sumOf(rowBytes.batchItem, textBytes('key', 'input', 'output'))).toArray(),
  ]);
  return sums.flat().reduce((total, { rows, texts }) => total + rows + texts, 0);
};
