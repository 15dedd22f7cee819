import type { Ask } from '../mongo/connection.ts';
import { isDuplicate } from '../mongo/errors.ts';
import { foldUsername, sessionDocumentOf, sessionOf, userDocumentOf, userOf } from './documents.mongo.ts';
import type { AccountStore } from './store.ts';

export const mongoAccountStore = (ask: Ask): AccountStore => ({
  insertUser: (user) =>
    ask(async ({ users }) => {
      const document = userDocumentOf(user);
      try {
        await users.insertOne(document);
        return true;
      } catch (error) {
        const { foldedUsername } = document;
        if (!isDuplicate(error) || !(await users.findOne({ foldedUsername }))) throw error;
        return false;
      }
    }),
  findUser: (id) =>
    ask(async ({ users }) => {
      const found = await users.findOne({ _id: id });
      return found && userOf(found);
    }),
  findUserByName: (username) =>
    ask(async ({ users }) => {
      const found = await users.findOne({ foldedUsername: foldUsername(username) });
      return found && userOf(found);
    }),
  setPasswordHash: (userId, passwordHash) =>
    ask(async ({ users }) => {
      await users.updateOne({ _id: userId }, { $set: { passwordHash } });
    }),
  countUsers: () => ask(({ users }) => users.countDocuments({})),
  insertSession: (session) =>
    ask(async ({ sessions }) => {
      await sessions.insertOne(sessionDocumentOf(session));
    }),
  findSession: (id, now) =>
    ask(async ({ sessions }) => {
      // The server deletes what has expired, but a minute late, or never.
      const found = await sessions.findOne({ _id: id, expiresAt: { $gt: now } });
      return found && sessionOf(found);
    }),
  deleteSession: (id) =>
    ask(async ({ sessions }) => {
      await sessions.deleteOne({ _id: id });
    }),
  deleteSessionsOf: (userId, exceptId) =>
    ask(async ({ sessions }) => {
      const found = await sessions.find({ userId }, { projection: { _id: 1 } }).toArray();
      const ids = found.map(({ _id }) => _id).filter((id) => id !== exceptId);
      if (ids.length > 0) await sessions.deleteMany({ _id: { $in: ids } });
      return ids;
    }),
  deleteExpiredSessions: (now) =>
    ask(async ({ sessions }) => (await sessions.deleteMany({ expiresAt: { $lte: now } })).deletedCount),
});
