import type { Collections } from '../../mongo/collections.ts';

/**
 * Returns the filter for the attachments that a reader may read: the own ones, and those in shared collections. Every query
 * for a reader has it.
 */
export const readableBy = async ({ collections }: Collections, readerId: string) => {
  const shared = await collections.find({ isShared: true }, { projection: { _id: 1 } }).toArray();
  return { $or: [{ ownerId: readerId }, { collectionId: { $in: shared.map(({ _id }) => _id) } }] };
};
