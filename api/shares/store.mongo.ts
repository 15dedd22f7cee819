import { hasConversation } from '../conversations/store/deletion.mongo.ts';
import type { RunMongo } from '../mongo/connection.ts';
import { timedPage } from '../mongo/page.ts';
import { shareDocumentOf, shareOf } from './documents.mongo.ts';
import type { ShareStore } from './store.ts';

export const mongoShareStore = (run: RunMongo): ShareStore => ({
  insert: (share, limit) =>
    run(async (collections) => {
      const { shares } = collections;
      const { ownerId, conversationId, createdAt } = share;
      await shares.deleteMany({ ownerId, expiresAt: { $lte: createdAt } });
      if (!(await hasConversation(collections, ownerId, conversationId))) return false;
      await shares.insertOne(shareDocumentOf(share));
      // After the insert, so that concurrent ones together stay below the limit, and none outlives its conversation.
      const [count, isStored] = await Promise.all([
        shares.countDocuments({ ownerId }),
        hasConversation(collections, ownerId, conversationId),
      ]);
      if (count <= limit && isStored) return true;
      await shares.deleteOne({ _id: share.id });
      return false;
    }),
  findByHash: (secretHash, now) =>
    run(async ({ shares }) => {
      const found = await shares.findOne({ secretHash, expiresAt: { $gt: now } });
      return found && shareOf(found);
    }),
  find: (ownerId, id) =>
    run(async ({ shares }) => {
      const found = await shares.findOne({ _id: id, ownerId });
      return found && shareOf(found);
    }),
  page: (ownerId, page) =>
    run(({ shares }) =>
      timedPage(
        { collection: shares, where: { ownerId }, order: 'descending', read: shareOf } as const,
        page,
      ),
    ),
  delete: (ownerId, id) =>
    run(async ({ shares }) => (await shares.deleteOne({ _id: id, ownerId })).deletedCount > 0),
});
