import type { RunMongo } from '../../mongo/connection.ts';
import { onlyInCollection } from '../../mongo/hiddenAttachments.ts';
import { timedPage } from '../../mongo/page.ts';
import type { CollectionSummary } from '../collection.ts';
import { deleteUnlessHeld, finishDeletion, hideCollection, releaseUnlessHeld } from './deletion.mongo.ts';
import { collectionDocumentOf, collectionOf } from './documents.mongo.ts';
import type { CollectionStore } from './store.ts';

/** The filter for the collections that a reader may see. */
const visibleTo = (readerId: string) => ({ $or: [{ ownerId: readerId }, { isShared: true }] });

export const mongoCollectionStore = (run: RunMongo): CollectionStore => ({
  insert: (collection, limit) =>
    run(async ({ collections }) => {
      const { id, ownerId } = collection;
      await collections.insertOne(collectionDocumentOf(collection));
      // After the insert, so that simultaneous ones together stay below the limit.
      if ((await collections.countDocuments({ ownerId })) <= limit) return true;
      await collections.deleteOne({ _id: id, ownerId });
      return false;
    }),
  findMany: (readerId, ids) =>
    run(async ({ collections }) => {
      if (ids.length === 0) return [];
      const found = await collections.find({ _id: { $in: [...ids] }, ...visibleTo(readerId) }).toArray();
      const byId = new Map(found.map((document) => [document._id, collectionOf(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
  page: (readerId, page) =>
    run(({ collections }) =>
      timedPage(
        { collection: collections, where: visibleTo(readerId), order: 'descending', read: collectionOf },
        page,
      ),
    ),
  ofOwner: (ownerId) =>
    run(async ({ collections }) =>
      (await collections.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(collectionOf),
    ),
  summaries: (readerId, ids) =>
    run(async ({ collections, attachments }) => {
      const visible = await collections
        .find({ _id: { $in: [...ids] }, ...visibleTo(readerId) }, { projection: { _id: 1 } })
        .toArray();
      const sums = await attachments
        .aggregate<CollectionSummary & { readonly _id: string }>([
          { $match: { collectionId: { $in: visible.map(({ _id }) => _id) } } },
          {
            $group: {
              _id: '$collectionId',
              documents: { $sum: 1 },
              unsplit: { $sum: { $cond: [{ $gte: ['$index.passages', 0] }, 0, 1] } },
              passages: { $sum: '$index.passages' },
              embedded: { $sum: '$index.embedded' },
            },
          },
        ])
        .toArray();
      const none = { documents: 0, unsplit: 0, passages: 0, embedded: 0 };
      const found = new Map<string, CollectionSummary>(visible.map(({ _id }) => [_id, none]));
      for (const { _id, ...summary } of sums) found.set(_id, summary);
      return ids.map((id) => found.get(id) ?? null);
    }),
  update: (ownerId, id, patch) =>
    run(async ({ collections }) => {
      const found =
        Object.keys(patch).length === 0
          ? await collections.findOne({ _id: id, ownerId })
          : await collections.findOneAndUpdate(
              { _id: id, ownerId },
              { $set: patch },
              { returnDocument: 'after' },
            );
      return found && collectionOf(found);
    }),
  addDocuments: (ownerId, id, attachmentIds, limit) =>
    run(async ({ collections, attachments }) => {
      const exists = async () =>
        (await collections.findOne({ _id: id, ownerId }, { projection: { _id: 1 } })) !== null;
      if (!(await exists())) return 'ABSENT';
      const free = { _id: { $in: [...attachmentIds] }, ownerId, collectionId: null };
      const added = (await attachments.find(free, { projection: { _id: 1 } }).toArray()).map(
        ({ _id }) => _id,
      );
      const addition = { _id: { $in: added }, ownerId };
      /** Those in no conversation first: one that is sent in between is one of the others then. */
      const move = async (from: string | null, to: string | null) => {
        const [unsent, moved] = to === null ? [onlyInCollection, null] : [null, onlyInCollection];
        await attachments.updateMany(
          { ...addition, collectionId: from, conversationId: unsent },
          { $set: { collectionId: to, conversationId: moved } },
        );
        await attachments.updateMany({ ...addition, collectionId: from }, { $set: { collectionId: to } });
      };
      await move(null, id);
      const undo = () => move(id, null);
      // Afterwards, because a deletion or another addition may have run meanwhile.
      if (!(await exists())) {
        await undo();
        return 'ABSENT';
      }
      if ((await attachments.countDocuments({ collectionId: id })) <= limit) return 'ADDED';
      await undo();
      return 'FULL';
    }),
  removeDocuments: (ownerId, id, attachmentIds) =>
    run((collections) => releaseUnlessHeld(collections, ownerId, id, attachmentIds)),
  delete: (ownerId, id) => run((collections) => deleteUnlessHeld(collections, ownerId, id)),
  deleteOfOwner: (ownerId) =>
    run(async (collections) => {
      const hidden = { ownerId: null, formerOwnerId: ownerId };
      const own = await collections.collections
        .find({ $or: [{ ownerId }, hidden] }, { projection: { _id: 1 } })
        .toArray();
      for (const { _id } of own) {
        await hideCollection(collections, ownerId, _id);
        await finishDeletion(collections, _id);
      }
    }),
});
