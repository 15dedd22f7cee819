import { Binary } from 'mongodb';
import type { Collections } from '../../../mongo/collections.ts';
import type { RunMongo } from '../../../mongo/connection.ts';
import { isDuplicate } from '../../../mongo/errors.ts';
import { readableBy } from '../../rights/readable.mongo.ts';
import type { FoundPassage } from '../passage.ts';
import { bytesOfVector, cosineOf, vectorOfBytes } from '../vector.ts';
import {
  indexingOf,
  type PassageDocument,
  passageOf,
  passageProjection,
  withText,
} from './documents.mongo.ts';
import { type Matched, orderOf, rankByTerms } from './rankByTerms.ts';
import { type DueDocument, maxScanned, type PassageScope, type PassageStore } from './store.ts';

/** Documents of a batch of a cursor: a vector has some KB, and a batch is compared without a pause. */
const batchSize = 500;

/**
 * Vectors are compared by the server process: MongoDB compares them only in deployments with `mongot`. Terms are
 * deleted with their passage, and a passage is written only while its attachment exists.
 */
export const mongoPassageStore = (run: RunMongo): PassageStore => {
  const stateOf = async ({ attachments }: Collections, ownerId: string, id: string) => {
    const found = await attachments.findOne({ _id: id, ownerId }, { projection: { index: 1 } });
    return found && indexingOf(found.index);
  };

  return {
    insert: (ownerId, attachmentId, given) =>
      run(async (collections) => {
        const { attachments, passages } = collections;
        const found = await attachments.findOne({ _id: attachmentId, ownerId }, { projection: { index: 1 } });
        if (found === null || indexingOf(found.index).passages !== null) return found !== null;
        const documents = given.map(
          (passage): PassageDocument => ({
            _id: `${attachmentId}/${passage.number}`,
            attachmentId,
            ownerId,
            ...passage,
          }),
        );
        if (documents.length > 0) {
          // An interrupted insert left some of them. They are equal: a text is always split the same way.
          await passages.insertMany(documents, { ordered: false }).catch((error: unknown) => {
            if (!isDuplicate(error)) throw error;
          });
        }
        const at = documents.length === 0 ? null : (found.index?.at ?? new Date(0));
        const index = { passages: documents.length, embedded: 0, model: null, at };
        const { matchedCount } = await attachments.updateOne(
          { _id: attachmentId, ownerId },
          { $set: { index } },
        );
        // The attachment was deleted in the meantime.
        if (matchedCount === 0) await passages.deleteMany({ attachmentId });
        return matchedCount > 0;
      }),
    indexing: (readerId, attachmentIds) =>
      run(async (collections) => {
        const filter = { _id: { $in: [...attachmentIds] }, ...(await readableBy(collections, readerId)) };
        const found = await collections.attachments.find(filter, { projection: { index: 1 } }).toArray();
        const states = new Map(found.map(({ _id, index }) => [_id, indexingOf(index)]));
        return attachmentIds.map((id) => states.get(id) ?? null);
      }),
    searchableIn: (readerId, collectionIds) =>
      run(async (collections) => {
        const inThem = { collectionId: { $in: [...collectionIds] }, 'index.passages': { $gt: 0 } };
        const filter = { $and: [inThem, await readableBy(collections, readerId)] };
        const found = await collections.attachments.find(filter, { projection: { _id: 1 } }).toArray();
        return found.map(({ _id }) => _id);
      }),
    list: (readerId, attachmentId, from, limit) =>
      run(async (collections) => {
        const where = await filterOf(collections, { readerId, attachmentIds: [attachmentId] });
        const found = collections.passages
          .find({ ...where, number: { $gte: from } }, { projection: passageProjection })
          .sort({ number: 1 })
          .limit(limit);
        return (await found.toArray()).map(passageOf);
      }),
    findMany: (readerId, attachmentId, numbers) =>
      run(async (collections) => {
        const where = await filterOf(collections, { readerId, attachmentIds: [attachmentId] });
        const found = collections.passages
          .find({ ...where, number: { $in: [...numbers] } }, { projection: passageProjection })
          .sort({ number: 1 });
        return (await found.toArray()).map(passageOf);
      }),
    matching: (scope, terms, limit) =>
      run(async (collections) => {
        if (terms.length === 0 || scope.attachmentIds.length === 0) return [];
        const { passages } = collections;
        const where = await filterOf(collections, scope);
        const total = await passages.countDocuments(where, { limit: maxScanned });
        const found: Matched[] = [];
        const cursor = passages.aggregate<FoundDocument>(
          [
            { $match: { ...where, terms: { $in: [...terms] } } },
            { $limit: maxScanned },
            // A passage has up to 500 terms, which would be sent for each one.
            {
              $project: {
                ...placeFields,
                hits: { $setIntersection: ['$terms', { $literal: terms }] },
                length: { $size: '$terms' },
              },
            },
          ],
          { batchSize },
        );
        for await (const { hits, length, ...document } of cursor) {
          found.push({ passage: passageOf(document), hits, length });
        }
        return rankByTerms(found, total).slice(0, limit);
      }),
    nearest: (scope, model, vector, limit) =>
      run(async (collections) => {
        const { passages } = collections;
        const where = await filterOf(collections, scope, model);
        const scored: { readonly passage: FoundPassage; readonly score: number }[] = [];
        const cursor = passages
          .find({ ...where, vector: { $exists: true } }, { projection: { terms: 0, ownerId: 0 } })
          .limit(maxScanned)
          .batchSize(batchSize);
        for await (const document of cursor) {
          const stored = document.vector;
          const score = stored ? cosineOf(vectorOfBytes(stored.value()), vector) : null;
          if (score !== null) scored.push({ passage: passageOf(document), score });
        }
        return scored
          .sort((one, other) => other.score - one.score || orderOf(one.passage, other.passage))
          .slice(0, limit)
          .map(({ passage }) => passage);
      }),
    claim: (model, now, retryAt) =>
      run(async ({ attachments }): Promise<DueDocument | null> => {
        const found = await attachments.findOneAndUpdate(
          {
            ...withText,
            ownerId: { $type: 'string' },
            'index.at': { $lte: now },
            ...(model === null && { 'index.passages': null }),
          },
          { $set: { 'index.at': retryAt } },
          { sort: { 'index.at': 1 } },
        );
        return (
          found && {
            ownerId: found.ownerId ?? '',
            attachmentId: found._id,
            indexing: indexingOf(found.index),
          }
        );
      }),
    delay: (ownerId, attachmentId, at) =>
      run(async ({ attachments }) => {
        await attachments.updateOne(
          { _id: attachmentId, ownerId, 'index.at': { $ne: null } },
          { $set: { 'index.at': at } },
        );
      }),
    requeue: (model, at) =>
      run(async ({ attachments }) => {
        await attachments.updateMany(
          { 'index.at': null, 'index.passages': { $gt: 0 }, 'index.model': { $ne: model } },
          { $set: { 'index.at': at } },
        );
        // Attachments of earlier releases.
        await attachments.updateMany(
          { ...withText, index: { $exists: false } },
          { $set: { index: { passages: null, embedded: 0, model: null, at } } },
        );
      }),
    begin: (ownerId, attachmentId, model) =>
      run(async (collections) => {
        const state = await stateOf(collections, ownerId, attachmentId);
        if (state === null || state.model === model) return;
        const { attachments, passages } = collections;
        // First, so that vectors of the earlier model are neither searched nor written any more.
        await attachments.updateOne(
          { _id: attachmentId, ownerId },
          { $set: { 'index.model': null, 'index.embedded': 0 } },
        );
        await passages.updateMany({ attachmentId, ownerId }, { $unset: { vector: 1 } });
        await attachments.updateOne(
          { _id: attachmentId, ownerId, 'index.model': null },
          { $set: { 'index.model': model } },
        );
      }),
    unembedded: (ownerId, attachmentId, limit) =>
      run(async ({ passages }) => {
        const found = passages
          .find({ attachmentId, ownerId, vector: { $exists: false } }, { projection: passageProjection })
          .sort({ number: 1 })
          .limit(limit);
        return (await found.toArray()).map(passageOf);
      }),
    embed: (ownerId, attachmentId, model, vectors) =>
      run(async (collections) => {
        const state = await stateOf(collections, ownerId, attachmentId);
        if (state?.model !== model) return null;
        const { attachments, passages } = collections;
        if (vectors.length > 0) {
          await passages.bulkWrite(
            vectors.map(({ number, vector }) => ({
              updateOne: {
                filter: { _id: `${attachmentId}/${number}`, ownerId },
                update: { $set: { vector: new Binary(bytesOfVector(vector)) } },
              },
            })),
          );
        }
        const embedded = await passages.countDocuments({ attachmentId, ownerId, vector: { $exists: true } });
        const isComplete = embedded >= (state.passages ?? 0);
        await attachments.updateOne(
          { _id: attachmentId, ownerId, 'index.model': model },
          { $set: { 'index.embedded': embedded, ...(isComplete && { 'index.at': null }) } },
        );
        return stateOf(collections, ownerId, attachmentId);
      }),
  };
};

const placeFields = { attachmentId: 1, number: 1, start: 1, end: 1, page: 1, heading: 1 } as const;

type FoundDocument = Parameters<typeof passageOf>[0] & Pick<Matched, 'hits' | 'length'>;

/** Returns the filter for the passages of those documents of the scope that the reader may read. `model`: only with its vectors. */
const filterOf = async (
  collections: Collections,
  { readerId, attachmentIds }: PassageScope,
  model: string | null = null,
) => {
  const filter = {
    _id: { $in: [...attachmentIds] },
    ...(model !== null && { 'index.model': model }),
    ...(await readableBy(collections, readerId)),
  };
  const readable = await collections.attachments.find(filter, { projection: { _id: 1 } }).toArray();
  return { attachmentId: { $in: readable.map(({ _id }) => _id) } };
};

/** Deletes the passages of attachments that are deleted. */
export const deletePassages = async (
  { passages }: Pick<Collections, 'passages'>,
  attachmentIds: readonly string[],
): Promise<void> => {
  if (attachmentIds.length > 0) await passages.deleteMany({ attachmentId: { $in: [...attachmentIds] } });
};
