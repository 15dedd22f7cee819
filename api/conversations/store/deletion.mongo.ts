import type { Collections } from '../../mongo/collections.ts';
import { deleteHidden, hideAttachments, onlyInCollection } from '../../mongo/hiddenAttachments.ts';

/**
 * Deletes a conversation with its messages, generations, shares, and attachments that are in no collection. Its owner is cleared first, in one step:
 * from then on it is invisible and accepts no messages. After a crash, the next start or the same call completes the
 * deletion. Resolves to false if the owner has no such conversation.
 */
export const deleteConversation = async (
  collections: Collections,
  ownerId: string,
  id: string,
): Promise<boolean> => {
  const { conversations } = collections;
  const orphaned = await conversations.updateOne(
    { _id: id, ownerId },
    { $set: { ownerId: null, formerOwnerId: ownerId } },
  );
  const isBeingDeleted =
    orphaned.matchedCount > 0 || (await conversations.findOne({ _id: id, formerOwnerId: ownerId })) !== null;
  if (isBeingDeleted) await deleteAllOf(collections, id);
  return isBeingDeleted;
};

/**
 * Like `deleteConversation`, unless a legal hold covers the conversation. Checks again once the conversation is hidden: a
 * hold is stored before its conversation is looked up, so a hold at the same time is either seen here or sees no conversation.
 */
export const deleteConversationUnlessHeld = async (
  collections: Collections,
  ownerId: string,
  id: string,
): Promise<'DELETED' | 'HELD' | 'ABSENT'> => {
  const { conversations, holds } = collections;
  const isHeld = async () => (await holds.findOne({ ownerId, conversationId: { $in: [null, id] } })) !== null;
  if (await isHeld()) return 'HELD';
  const hidden = await conversations.updateOne(
    { _id: id, ownerId },
    { $set: { ownerId: null, formerOwnerId: ownerId } },
  );
  if (hidden.matchedCount > 0 && (await isHeld())) {
    await conversations.updateOne(
      { _id: id, ownerId: null, formerOwnerId: ownerId },
      { $set: { ownerId }, $unset: { formerOwnerId: '' } },
    );
    return 'HELD';
  }
  return (await deleteConversation(collections, ownerId, id)) ? 'DELETED' : 'ABSENT';
};

/** Completes deletions that a crash interrupted. Resolves to their number. */
export const finishDeletions = async (collections: Collections): Promise<number> => {
  const left = collections.conversations.find({ ownerId: null }, { projection: { _id: 1 } });
  let finished = 0;
  for await (const { _id } of left) {
    await deleteAllOf(collections, _id);
    finished += 1;
  }
  return finished;
};

/** Deletes the conversation last, because its document marks the deletion as unfinished. */
const deleteAllOf = async (collections: Collections, conversationId: string): Promise<void> => {
  const { conversations, messages, generations, attachments, shares } = collections;
  const isLeft = async () =>
    (await attachments.findOne({ conversationId }, { projection: { _id: 1 } })) !== null;
  // Again if a document was put into a collection or taken out meanwhile.
  do {
    await attachments.updateMany(
      { conversationId, collectionId: { $type: 'string' } },
      { $set: { conversationId: onlyInCollection } },
    );
    await deleteHidden(
      collections,
      await hideAttachments(collections, { conversationId, collectionId: null }),
    );
  } while (await isLeft());
  await shares.deleteMany({ conversationId });
  await generations.deleteMany({ conversationId });
  await messages.deleteMany({ conversationId });
  await conversations.deleteOne({ _id: conversationId, ownerId: null });
};

/**
 * Resolves to whether the conversation exists and isn't being deleted. Callers check before and after they write below
 * it, because a deletion that ran in between may have missed the new document.
 */
export const hasConversation = async (
  { conversations }: Collections,
  ownerId: string,
  id: string,
): Promise<boolean> =>
  (await conversations.findOne({ _id: id, ownerId }, { projection: { _id: 1 } })) !== null;
