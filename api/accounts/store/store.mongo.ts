import type { Collection } from 'mongodb';
import { foldUsername, type UserPatch } from '../../access/user.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { keyedPage, timedPage } from '../../mongo/page.ts';
import {
  identityKeyOf,
  linkDocumentOf,
  linkOf,
  sessionDocumentOf,
  sessionOf,
  type UserDocument,
  userDocumentOf,
  userOf,
} from './documents.mongo.ts';
import type { AccountStore, Updated } from './store.ts';

export const mongoAccountStore = (run: RunMongo): AccountStore => ({
  insertUser: (user) =>
    run(async ({ users }) => {
      const document = userDocumentOf(user);
      try {
        await users.insertOne(document);
        return true;
      } catch (error) {
        if (!isDuplicate(error) || (await users.findOne({ _id: user.id }))) throw error;
        return false;
      }
    }),
  findUser: (id) =>
    run(async ({ users }) => {
      const found = await users.findOne({ _id: id });
      return found && userOf(found);
    }),
  findUsers: (ids) =>
    run(async ({ users }) => {
      const found = await users.find({ _id: { $in: [...new Set(ids)] } }).toArray();
      const byId = new Map(found.map((document) => [document._id, userOf(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
  findUserByName: (username) =>
    run(async ({ users }) => {
      const found = await users.findOne({ foldedUsername: foldUsername(username) });
      return found && userOf(found);
    }),
  findUserByIdentity: (identity) =>
    run(async ({ users }) => {
      const found = await users.findOne({ identityKey: identityKeyOf(identity) });
      return found && userOf(found);
    }),
  pageOfUsers: (page, search) =>
    run(({ users }) => {
      // Escaped, so that the search text is matched literally.
      const pattern = search ? foldUsername(search).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : null;
      const where = pattern === null ? {} : { $and: [{ foldedUsername: { $regex: pattern } }] };
      const list = { collection: users, where, key: 'foldedUsername', read: userOf } as const;
      return keyedPage({ ...list, order: 'ascending' }, page);
    }),
  updateUser: (id, patch) => run(({ users }) => updateUser(users, id, patch)),
  setPasswordHash: (userId, passwordHash) =>
    run(async ({ users }) => {
      await users.updateOne({ _id: userId }, { $set: { passwordHash } });
    }),
  replacePasswordHash: (userId, from, to) =>
    run(async ({ users }) => {
      await users.updateOne({ _id: userId, passwordHash: from }, { $set: { passwordHash: to } });
    }),
  deleteUser: (id) =>
    run(async ({ users, sessions, links }) => {
      await sessions.deleteMany({ userId: id });
      await links.deleteMany({ userId: id });
      await users.deleteOne({ _id: id });
    }),
  usersBeingDeleted: () =>
    run(async ({ users }) => (await users.find({ status: 'DELETING' }).limit(100).toArray()).map(userOf)),
  countUsers: () => run(({ users }) => users.countDocuments({})),
  insertSession: (session) =>
    run(async ({ sessions }) => {
      await sessions.insertOne(sessionDocumentOf(session));
    }),
  findSession: (id, now) =>
    run(async ({ sessions }) => {
      // MongoDB deletes expired documents a minute late, or never.
      const found = await sessions.findOne({ _id: id, expiresAt: { $gt: now } });
      return found && sessionOf(found);
    }),
  pageOfSessions: (userId, page, now) =>
    run(({ sessions }) => {
      const where = { userId, expiresAt: { $gt: now } };
      const list = { collection: sessions, where, read: sessionOf } as const;
      return timedPage({ ...list, order: 'descending' }, page);
    }),
  lastSeenOf: (userIds) =>
    run(async ({ sessions }) => {
      const found = await sessions
        .aggregate<{ readonly _id: string; readonly at: Date | null }>([
          { $match: { userId: { $in: [...userIds] } } },
          // Sessions of earlier releases have no `lastSeenAt`.
          { $group: { _id: '$userId', at: { $max: { $ifNull: ['$lastSeenAt', '$createdAt'] } } } },
        ])
        .toArray();
      const byId = new Map(found.map(({ _id, at }) => [_id, at]));
      return userIds.map((id) => byId.get(id) ?? null);
    }),
  setLastSeen: (id, lastSeenAt, address) =>
    run(async ({ sessions }) => {
      await sessions.updateOne({ _id: id }, { $set: { lastSeenAt, address } });
    }),
  deleteSession: (id) =>
    run(async ({ sessions }) => {
      await sessions.deleteOne({ _id: id });
    }),
  deleteSessionsOf: (userId, exceptId) =>
    run(async ({ sessions }) => {
      const found = await sessions.find({ userId }, { projection: { _id: 1 } }).toArray();
      const ids = found.map(({ _id }) => _id).filter((id) => id !== exceptId);
      if (ids.length > 0) await sessions.deleteMany({ _id: { $in: ids } });
      return ids;
    }),
  deleteLeastUsedSessions: (userId, keep) =>
    run(async ({ sessions }) => {
      const byUse = sessions.find({ userId }, { projection: { _id: 1 } }).sort({ lastSeenAt: -1, _id: -1 });
      const ids = (await byUse.skip(keep).toArray()).map(({ _id }) => _id);
      if (ids.length > 0) await sessions.deleteMany({ _id: { $in: ids } });
      return ids;
    }),
  deleteExpiredSessions: (now) =>
    run(async ({ sessions }) => (await sessions.deleteMany({ expiresAt: { $lte: now } })).deletedCount),
  insertLink: (link) =>
    run(async ({ links }) => {
      await links.insertOne(linkDocumentOf(link));
    }),
  findLink: (secretHash, now) =>
    run(async ({ links }) => {
      const found = await links.findOne({ secretHash, expiresAt: { $gt: now } });
      return found && linkOf(found);
    }),
  consumeLink: (secretHash, now) =>
    run(async ({ links }) => {
      const taken = await links.findOneAndDelete({ secretHash, expiresAt: { $gt: now } });
      return taken && linkOf(taken);
    }),
  findInvite: (id, now) =>
    run(async ({ links }) => {
      const found = await links.findOne({ _id: id, kind: 'INVITE', expiresAt: { $gt: now } });
      return found && linkOf(found);
    }),
  pageOfInvites: (page, now) =>
    run(({ links }) => {
      const where = { kind: 'INVITE', expiresAt: { $gt: now } } as const;
      const list = { collection: links, where, read: linkOf } as const;
      return timedPage({ ...list, order: 'descending' }, page);
    }),
  deleteInvite: (id) =>
    run(async ({ links }) => (await links.deleteOne({ _id: id, kind: 'INVITE' })).deletedCount > 0),
  deleteLinksOf: (userId) =>
    run(async ({ links }) => {
      await links.deleteMany({ userId });
    }),
  deleteExpiredLinks: (now) =>
    run(async ({ links }) => (await links.deleteMany({ expiresAt: { $lte: now } })).deletedCount),
});

/**
 * Changes a user, and reverts the change if no active administrator is left. Without a transaction, the check and the write
 * can't be one step. Since every call writes before it checks, the last one to check sees that no administrator is left.
 */
const updateUser = async (
  users: Collection<UserDocument>,
  id: string,
  patch: UserPatch,
): Promise<Updated> => {
  const before = await users.findOneAndUpdate({ _id: id }, { $set: patch }, { returnDocument: 'before' });
  if (!before) return 'ABSENT';
  const { role, status = 'ACTIVE' } = before;
  const wasAdmin = role === 'ADMIN' && status === 'ACTIVE';
  // Users of the previous release have no status.
  const admin = { role: 'ADMIN', status: { $nin: ['DISABLED', 'DELETING'] } } as const;
  if (!wasAdmin || (await users.findOne(admin, { projection: { _id: 1 } }))) return 'UPDATED';
  await users.updateOne({ _id: id }, { $set: { role, status } });
  return 'LAST_ADMIN';
};
