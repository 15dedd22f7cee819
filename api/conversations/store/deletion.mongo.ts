import type { Collections } from '../../mongo/collections.ts';

/**
 * Deletes a conversation with all below it. Its owner is taken from it first, in one step: from then on it is nobody's,
 * and takes no messages. What a crash leaves of it is deleted by the next start, or by the same call again. False where
 * there is none of this owner's.
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
  const isUnderWay =
    orphaned.matchedCount > 0 || (await conversations.findOne({ _id: id, formerOwnerId: ownerId })) !== null;
  if (isUnderWay) await deleteAllOf(collections, id);
  return isUnderWay;
};

/** Returns how many deletions there were to finish. */
export const finishDeletions = async (collections: Collections): Promise<number> => {
  const left = collections.conversations.find({ ownerId: null }, { projection: { _id: 1 } });
  let finished = 0;
  for await (const { _id } of left) {
    await deleteAllOf(collections, _id);
    finished += 1;
  }
  return finished;
};

/** The conversation last, since it is what says that there is something to finish. */
const deleteAllOf = async (
  { conversations, messages, generations }: Collections,
  conversationId: string,
): Promise<void> => {
  await generations.deleteMany({ conversationId });
  await messages.deleteMany({ conversationId });
  await conversations.deleteOne({ _id: conversationId, ownerId: null });
};

/**
 * Whether something may be written below this conversation. Asked again after it was written, it tells whether a
 * deletion may have passed it by.
 */
export const hasConversation = async (
  { conversations }: Collections,
  ownerId: string,
  id: string,
): Promise<boolean> =>
  (await conversations.findOne({ _id: id, ownerId }, { projection: { _id: 1 } })) !== null;
