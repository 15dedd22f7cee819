import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { findOwned } from '../../mongo/findOwned.ts';
import { timedPage } from '../../mongo/page.ts';
import { folderDocumentOf, folderOf } from './documents.mongo.ts';
import type { FolderStore } from './store.ts';

export const mongoFolderStore = (run: RunMongo): FolderStore => ({
  insert: (folder, limit) =>
    run(async ({ folders }) => {
      const { id, ownerId } = folder;
      try {
        await folders.insertOne(folderDocumentOf(folder));
      } catch (error) {
        if (isDuplicate(error)) return (await folders.findOne({ _id: id, ownerId })) !== null;
        throw error;
      }
      // After the insert, so that simultaneous ones together stay below the limit.
      if ((await folders.countDocuments({ ownerId })) <= limit) return true;
      await folders.deleteOne({ _id: id, ownerId });
      return false;
    }),
  find: (ownerId, id) =>
    run(async ({ folders }) => {
      const found = await folders.findOne({ _id: id, ownerId });
      return found && folderOf(found);
    }),
  findMany: (ownerId, ids) => run(({ folders }) => findOwned(folders, ownerId, ids, folderOf)),
  findByName: (ownerId, name) =>
    run(async ({ folders }) => {
      const [found] = await folders.find({ ownerId, name }).sort({ createdAt: 1, _id: 1 }).limit(1).toArray();
      return found ? folderOf(found) : null;
    }),
  page: (ownerId, page) =>
    run(({ folders }) =>
      timedPage(
        { collection: folders, where: { ownerId }, order: 'descending', read: folderOf } as const,
        page,
      ),
    ),
  update: (ownerId, id, patch) =>
    run(async ({ folders }) => {
      const found =
        Object.keys(patch).length === 0
          ? await folders.findOne({ _id: id, ownerId })
          : await folders.findOneAndUpdate(
              { _id: id, ownerId },
              { $set: patch },
              { returnDocument: 'after' },
            );
      return found && folderOf(found);
    }),
  delete: (ownerId, id) =>
    run(async ({ folders, conversations }) => {
      const { deletedCount } = await folders.deleteOne({ _id: id, ownerId });
      // After the folder: a conversation that is put into it meanwhile is taken out by its own writer.
      await conversations.updateMany({ ownerId, folderId: id }, { $set: { folderId: null } });
      return deletedCount > 0;
    }),
  deleteOfOwner: (ownerId) =>
    run(async ({ folders, conversations }) => {
      await folders.deleteMany({ ownerId });
      await conversations.updateMany(
        { ownerId, folderId: { $type: 'string' } },
        { $set: { folderId: null } },
      );
    }),
});
