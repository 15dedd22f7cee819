import type { Filter } from 'mongodb';
import type { AttachmentDocument } from '../../attachments/store/documents.mongo.ts';
import type { Collections } from '../../mongo/collections.ts';
import {
  deleteHidden,
  hideAttachments,
  inNoConversation,
  onlyInCollection,
} from '../../mongo/hiddenAttachments.ts';

const isHeld = async ({ holds }: Pick<Collections, 'holds'>, ownerId: string): Promise<boolean> =>
  (await holds.findOne({ ownerId, conversationId: null })) !== null;

/**
 * Like `releaseDocuments`, unless a legal hold covers the owner. Checks again once the documents are hidden, because a hold may
 * have been placed meanwhile.
 */
export const releaseUnlessHeld = async (
  collections: Collections,
  ownerId: string,
  collectionId: string,
  attachmentIds: readonly string[],
): Promise<readonly string[] | 'HELD'> => {
  if (await isHeld(collections, ownerId)) return 'HELD';
  const where = { _id: { $in: [...attachmentIds] }, ownerId, collectionId };
  const hidden = await hideAttachments(collections, { ...where, conversationId: inNoConversation });
  if (hidden.length > 0 && (await isHeld(collections, ownerId))) {
    await collections.attachments.updateMany(
      { _id: { $in: hidden.map(({ id }) => id) }, ownerId: null },
      { $set: { ownerId, collectionId }, $unset: { formerOwnerId: '' } },
    );
    return 'HELD';
  }
  await takeOutSent(collections, where);
  await deleteHidden(collections, hidden);
  return hidden.map(({ fileKey }) => fileKey);
};

/**
 * Deletes a collection, unless a legal hold covers the owner. Checks again once the collection is hidden, because a hold may have
 * been placed meanwhile.
 */
export const deleteUnlessHeld = async (
  collections: Collections,
  ownerId: string,
  id: string,
): Promise<readonly string[] | 'HELD' | null> => {
  const { collections: rows } = collections;
  const found = await rows.findOne({ _id: id, ownerId }, { projection: { isShared: 1 } });
  if (await isHeld(collections, ownerId)) return found && 'HELD';
  if (!(await hideCollection(collections, ownerId, id))) return null;
  if (found && (await isHeld(collections, ownerId))) {
    const { isShared } = found;
    await rows.updateOne(
      { _id: id, ownerId: null },
      { $set: { ownerId, isShared }, $unset: { formerOwnerId: '' } },
    );
    return 'HELD';
  }
  return finishDeletion(collections, id);
};

/**
 * Deletes the documents of a collection that are in no conversation, with their texts and passages, and takes the others out.
 * Returns the file keys of the deleted ones.
 */
const releaseDocuments = async (
  collections: Pick<Collections, 'attachments' | 'attachmentTexts' | 'passages'>,
  where: Filter<AttachmentDocument> & { readonly collectionId: string },
): Promise<readonly string[]> => {
  const hidden = await hideAttachments(collections, { ...where, conversationId: inNoConversation });
  await takeOutSent(collections, where);
  await deleteHidden(collections, hidden);
  return hidden.map(({ fileKey }) => fileKey);
};

const takeOutSent = (
  { attachments }: Pick<Collections, 'attachments'>,
  where: Filter<AttachmentDocument> & { readonly collectionId: string },
) =>
  attachments.updateMany(
    { ...where, conversationId: { $nin: [null, onlyInCollection] } },
    { $set: { collectionId: null } },
  );

/** Hides a collection from everyone, in one update. Afterwards `finishDeletion` deletes it. False if the owner has no such collection. */
export const hideCollection = async (
  { collections }: Pick<Collections, 'collections'>,
  ownerId: string,
  id: string,
): Promise<boolean> => {
  const { matchedCount } = await collections.updateOne(
    { _id: id, ownerId },
    { $set: { ownerId: null, formerOwnerId: ownerId, isShared: false } },
  );
  return matchedCount > 0 || (await collections.findOne({ _id: id, formerOwnerId: ownerId })) !== null;
};

/**
 * Deletes what a hidden collection has, and the collection last, because its document marks the deletion as unfinished.
 * Returns the file keys of the deleted documents.
 */
export const finishDeletion = async (collections: Collections, id: string): Promise<readonly string[]> => {
  const keys = await releaseDocuments(collections, { collectionId: id });
  const left = await hiddenDocuments(collections, id);
  await deleteHidden(collections, left);
  const chosen = { collectionIds: id };
  await collections.conversations.updateMany(chosen, { $pull: { collectionIds: id } });
  await collections.folders.updateMany(chosen, { $pull: { collectionIds: id } });
  await collections.collections.deleteOne({ _id: id, ownerId: null });
  return [...keys, ...left.map(({ fileKey }) => fileKey)];
};

/** Returns the documents that an earlier try to delete the collection has hidden. */
const hiddenDocuments = async ({ attachments, collections }: Collections, id: string) => {
  const found = await collections.findOne({ _id: id }, { projection: { formerOwnerId: 1 } });
  if (found?.formerOwnerId === undefined) return [];
  const hidden = await attachments
    .find({ ownerId: null, formerOwnerId: found.formerOwnerId }, { projection: { fileKey: 1 } })
    .toArray();
  return hidden.map(({ _id, fileKey }) => ({ id: _id, fileKey }));
};

/**
 * Completes deletions of collections that a crash interrupted, and takes documents out of absent collections. Resolves to the
 * number of collections.
 */
export const finishCollectionDeletions = async (collections: Collections): Promise<number> => {
  const left = await collections.collections.find({ ownerId: null }, { projection: { _id: 1 } }).toArray();
  for (const { _id } of left) await finishDeletion(collections, _id);
  const used = (
    await collections.attachments.distinct('collectionId', { collectionId: { $type: 'string' } })
  ).filter((id): id is string => typeof id === 'string');
  const present = await collections.collections
    .find({ _id: { $in: used } }, { projection: { _id: 1 } })
    .toArray();
  const ids = new Set(present.map(({ _id }) => _id));
  const absent = used.filter((id) => !ids.has(id));
  for (const id of absent) await releaseDocuments(collections, { collectionId: id });
  return left.length + absent.length;
};
