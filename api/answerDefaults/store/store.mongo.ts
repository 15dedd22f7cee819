import type { RunMongo } from '../../mongo/connection.ts';
import { findOwned } from '../../mongo/findOwned.ts';
import { answerDefaultsDocumentOf, answerDefaultsOf } from './documents.mongo.ts';
import type { AnswerDefaultsStore } from './store.ts';

export const mongoAnswerDefaultsStore = (run: RunMongo): AnswerDefaultsStore => ({
  set: (defaults, limit) =>
    run(async ({ answerDefaults }) => {
      const { _id, ...fields } = answerDefaultsDocumentOf(defaults);
      const { ownerId } = fields;
      const { upsertedCount } = await answerDefaults.updateOne({ _id }, { $set: fields }, { upsert: true });
      // After the write, so that simultaneous ones together stay below the limit.
      if (upsertedCount === 0 || (await answerDefaults.countDocuments({ ownerId })) <= limit) return true;
      await answerDefaults.deleteOne({ _id });
      return false;
    }),
  findMany: (ownerId, ids) =>
    run(({ answerDefaults }) => findOwned(answerDefaults, ownerId, ids, answerDefaultsOf)),
  ofOwner: (ownerId) =>
    run(async ({ answerDefaults }) =>
      (await answerDefaults.find({ ownerId }).sort({ model: 1 }).toArray()).map(answerDefaultsOf),
    ),
  delete: (ownerId, id) =>
    run(
      async ({ answerDefaults }) => (await answerDefaults.deleteOne({ _id: id, ownerId })).deletedCount > 0,
    ),
  deleteOfOwner: (ownerId) =>
    run(async ({ answerDefaults }) => {
      await answerDefaults.deleteMany({ ownerId });
    }),
});
