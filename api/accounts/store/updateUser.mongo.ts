import type { Collection } from 'mongodb';
import type { UserPatch } from '../../access/user.ts';
import type { UserDocument } from './documents.mongo.ts';
import type { Updated } from './store.ts';

/**
 * Changes a user, and takes it back where no active administrator is left. Documents of one change each can't be looked
 * at and written in one step; but of all who write first and look then, the last to look sees that nobody is left.
 */
export const updateUser = async (
  users: Collection<UserDocument>,
  id: string,
  patch: UserPatch,
): Promise<Updated> => {
  const before = await users.findOneAndUpdate({ _id: id }, { $set: patch }, { returnDocument: 'before' });
  if (!before) return 'ABSENT';
  const { role, status = 'ACTIVE' } = before;
  const wasAdmin = role === 'ADMIN' && status === 'ACTIVE';
  // A user of the release before has no status yet.
  const admin = { role: 'ADMIN', status: { $nin: ['DISABLED', 'DELETING'] } } as const;
  if (!wasAdmin || (await users.findOne(admin, { projection: { _id: 1 } }))) return 'UPDATED';
  await users.updateOne({ _id: id }, { $set: { role, status } });
  return 'LAST_ADMIN';
};
