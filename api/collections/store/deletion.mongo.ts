import type { Filter } from 'mongodb';
import { deletePassages } from '../../attachments/passages/store/store.mongo.ts';
import {
  type AttachmentDocument,
  inNoConversation,
  onlyInCollection,
} from '../../attachments/store/documents.mongo.ts';
import type { Collections } from '../../mongo/collections.ts';

/**
 * Deletes the documents of a collection that are in no conversation, with their texts and passages, and takes the others out.
 * Returns the file keys of the deleted ones.
 */
export const releaseDocuments = async (
  collections: Pick<Collections, 'attachments' | 'attachmentTexts' | 'passages'>,
  where: Filter<AttachmentDocument> & { readonly collectionId: string },
): Promise<readonly string[]> => {
  const { attachments, attachmentTexts } = collections;
  const found = await attachments.find(where, { projection: { fileKey: 1 } }).toArray();
  const _id = { $in: found.map((document) => document._id) };
  const { collectionId } = where;
  await attachments.deleteMany({ _id, collectionId, conversationId: inNoConversation });
  await attachments.updateMany({ _id, collectionId }, { $set: { collectionId: null } });
  // One that was sent in a message meanwhile is left.
  const left = await attachments.find({ _id }, { projection: { _id: 1 } }).toArray();
  const kept = new Set(left.map((document) => document._id));
  const deleted = found.filter((document) => !kept.has(document._id));
  const ids = deleted.map((document) => document._id);
  await attachmentTexts.deleteMany({ _id: { $in: ids } });
  await deletePassages(collections, ids);
  return deleted.map(({ fileKey }) => fileKey);
};

/**
 * Deletes what a hidden collection has, and the collection last, because its document marks the deletion as unfinished.
 * Returns the file keys of the deleted documents.
 */
export const finishDeletion = async (collections: Collections, id: string): Promise<readonly string[]> => {
  const keys = await releaseDocuments(collections, { collectionId: id });
  const chosen = { collectionIds: id };
  await collections.conversations.updateMany(chosen, { $pull: { collectionIds: id } });
  await collections.folders.updateMany(chosen, { $pull: { collectionIds: id } });
  await collections.collections.deleteOne({ _id: id, ownerId: null });
  return keys;
};

/**
 * Completes deletions of collections that a crash interrupted, and takes documents out of absent collections. Resolves to the
 * number of collections.
 */
export const finishCollectionDeletions = async (collections: Collections): Promise<number> => {
  // A build before the mark wrote them.
  await collections.attachments.updateMany(
    { collectionId: { $type: 'string' }, conversationId: null },
    { $set: { conversationId: onlyInCollection } },
  );
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
