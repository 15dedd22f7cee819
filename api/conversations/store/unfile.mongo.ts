import type { Collections } from '../../mongo/collections.ts';

/**
 * Takes a conversation out of its folder if the owner has no such folder, also one that was deleted since the conversation
 * was put into it. Resolves to whether it did.
 */
export const unfileFromAbsent = async (
  { conversations, folders }: Collections,
  conversation: { readonly id: string; readonly ownerId: string; readonly folderId: string | null },
): Promise<boolean> => {
  const { id, ownerId, folderId } = conversation;
  if (folderId === null) return false;
  if (await folders.findOne({ _id: folderId, ownerId }, { projection: { _id: 1 } })) return false;
  await conversations.updateOne({ _id: id, ownerId, folderId }, { $set: { folderId: null } });
  return true;
};

/** Takes the conversations of deleted folders out of them, after a crash. Resolves to the number of folders. */
export const unfileFromDeleted = async ({ conversations, folders }: Collections): Promise<number> => {
  const used = (await conversations.distinct('folderId', { folderId: { $type: 'string' } })).filter(
    (id): id is string => typeof id === 'string',
  );
  if (used.length === 0) return 0;
  const present = await folders.find({ _id: { $in: used } }, { projection: { _id: 1 } }).toArray();
  const ids = new Set(present.map(({ _id }) => _id));
  const absent = used.filter((id) => !ids.has(id));
  if (absent.length > 0) {
    await conversations.updateMany({ folderId: { $in: absent } }, { $set: { folderId: null } });
  }
  return absent.length;
};
