import type { RunMongo } from '../mongo/connection.ts';
import { timedPage } from '../mongo/page.ts';
import { holdDocumentOf, holdOf } from './documents.mongo.ts';
import type { HoldStore } from './store.ts';

export const mongoHoldStore = (run: RunMongo): HoldStore => ({
  insert: (hold, limit) =>
    run(async ({ holds }) => {
      await holds.insertOne(holdDocumentOf(hold));
      // After the insert, so that concurrent ones together stay below the limit.
      if ((await holds.countDocuments({ ownerId: hold.ownerId })) <= limit) return true;
      await holds.deleteOne({ _id: hold.id });
      return false;
    }),
  find: (id) =>
    run(async ({ holds }) => {
      const found = await holds.findOne({ _id: id });
      return found && holdOf(found);
    }),
  page: (page) =>
    run(({ holds }) =>
      timedPage({ collection: holds, where: {}, order: 'descending', read: holdOf } as const, page),
    ),
  ofOwner: (ownerId) =>
    run(async ({ holds }) =>
      (await holds.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(holdOf),
    ),
  delete: (id) => run(async ({ holds }) => (await holds.deleteOne({ _id: id })).deletedCount > 0),
});
