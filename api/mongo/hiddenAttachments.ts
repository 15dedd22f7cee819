import type { Collection, Filter } from 'mongodb';
import type { Collections } from './collections.ts';

type AttachmentFilter = Collections['attachments'] extends Collection<infer Stored> ? Filter<Stored> : never;

/**
 * The `conversationId` of a document that is in a collection and in no conversation. Earlier releases know no collections, and
 * their sweep deletes attachments whose `conversationId` is null.
 */
export const onlyInCollection = 'collection';

/** The filter for `conversationId` of an attachment that is in no conversation. */
export const inNoConversation = { $in: [null, onlyInCollection] };

/** An attachment that nobody sees any more, and that is being deleted. */
export interface HiddenAttachment {
  readonly id: string;
  readonly fileKey: string;
}

/** Hides the matching attachments of one owner from everyone, in one update. Afterwards `deleteHidden` deletes them. */
export const hideAttachments = async (
  { attachments }: Pick<Collections, 'attachments'>,
  where: AttachmentFilter,
): Promise<readonly HiddenAttachment[]> => {
  const found = await attachments.find(where, { projection: { ownerId: 1 } }).toArray();
  const [first] = found;
  if (!first) return [];
  const ids = found.map(({ _id }) => _id);
  await attachments.updateMany(
    { ...where, _id: { $in: ids } },
    {
      $set: {
        ownerId: null,
        formerOwnerId: first.ownerId ?? '',
        collectionId: null,
        conversationId: onlyInCollection,
      },
    },
  );
  // Others were put into a conversation or a collection meanwhile.
  const hidden = await attachments
    .find({ _id: { $in: ids }, ownerId: null }, { projection: { fileKey: 1 } })
    .toArray();
  return hidden.map(({ _id, fileKey }) => ({ id: _id, fileKey }));
};

/** Deletes hidden attachments last, because their documents mark the deletion as unfinished. */
export const deleteHidden = async (
  collections: Pick<Collections, 'attachments' | 'attachmentTexts' | 'passages'>,
  hidden: readonly Pick<HiddenAttachment, 'id'>[],
): Promise<void> => {
  if (hidden.length === 0) return;
  const ids = hidden.map(({ id }) => id);
  await collections.passages.deleteMany({ attachmentId: { $in: ids } });
  await collections.attachmentTexts.deleteMany({ _id: { $in: ids } });
  await collections.attachments.deleteMany({ _id: { $in: ids }, ownerId: null });
};

/** Completes deletions of attachments that a crash interrupted. Resolves to their number. */
export const finishAttachmentDeletions = async (collections: Collections): Promise<number> => {
  const left = await collections.attachments.find({ ownerId: null }, { projection: { _id: 1 } }).toArray();
  await deleteHidden(
    collections,
    left.map(({ _id }) => ({ id: _id })),
  );
  return left.length;
};
