import type { RunMongo } from '../../mongo/connection.ts';
import { indexedTerms } from '../../search/terms.mongo.ts';
import { conversationOf } from './documents.mongo.ts';
import type { TitleStore } from './titles.ts';

export const mongoTitleStore = (run: RunMongo): TitleStore => ({
  requestTitle: (ownerId, id, dueAt) =>
    run(async ({ conversations }) => {
      const { modifiedCount } = await conversations.updateOne(
        {
          _id: id,
          ownerId,
          autoTitled: true,
          titleDueAt: { $exists: false },
          titleTries: { $exists: false },
        },
        { $set: { titleDueAt: dueAt } },
      );
      return modifiedCount > 0;
    }),
  claimTitle: (now, retryAt) =>
    run(async ({ conversations }) => {
      const claimed = await conversations.findOneAndUpdate(
        { titleDueAt: { $lte: now } },
        { $set: { titleDueAt: retryAt }, $inc: { titleTries: 1 } },
        {
          sort: { titleDueAt: 1 },
          returnDocument: 'after',
          projection: { ownerId: 1, formerOwnerId: 1, titleTries: 1 },
        },
      );
      if (!claimed) return null;
      const { _id: id, ownerId, formerOwnerId, titleTries = 1 } = claimed;
      // A conversation without an owner is being deleted.
      return { id, ownerId: ownerId ?? formerOwnerId ?? '', tries: titleTries };
    }),
  delayTitle: (ownerId, id, dueAt) =>
    run(async ({ conversations }) => {
      await conversations.updateOne(
        { _id: id, ownerId, titleDueAt: { $exists: true } },
        { $set: { titleDueAt: dueAt } },
      );
    }),
  endTitle: (ownerId, id, title) =>
    run(async ({ conversations }) => {
      const changed = await conversations.findOneAndUpdate(
        { _id: id, ownerId, autoTitled: true },
        {
          $set: { autoTitled: false, ...(title !== null && { title, terms: indexedTerms(title) }) },
          $unset: { titleDueAt: 1 },
        },
        { returnDocument: 'after' },
      );
      return changed && conversationOf(changed, ownerId);
    }),
});
