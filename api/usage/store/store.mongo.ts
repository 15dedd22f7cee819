import type { RunMongo } from '../../mongo/connection.ts';
import { type UsageSum, usageIdOf } from '../usage.ts';
import { usageOf } from './documents.mongo.ts';
import type { UsageStore } from './store.ts';

/** Maximum time of a sum over all users on the server, in ms. */
const maxSumMs = 20_000;

export const mongoUsageStore = (run: RunMongo): UsageStore => ({
  add: (entry) =>
    run(async ({ usage }) => {
      const { ownerId, day, model, ...counts } = entry;
      await usage.updateOne(
        { _id: usageIdOf(entry) },
        { $setOnInsert: { ownerId, day, model }, $inc: counts },
        { upsert: true },
      );
    }),
  ofOwner: (ownerId, fromDay, toDay) =>
    run(async ({ usage }) => {
      const found = await usage
        .find({ ownerId, day: { $gte: fromDay, $lte: toDay } })
        .sort({ day: 1, model: 1 })
        .toArray();
      return found.map(usageOf);
    }),
  ofOwners: (ownerIds, fromDay, toDay) =>
    run(async ({ usage }) => {
      const found = usage.find({ ownerId: { $in: [...ownerIds] }, day: { $gte: fromDay, $lte: toDay } });
      return (await found.toArray()).map(usageOf);
    }),
  sumsAnyOwner: (by, fromDay, toDay) =>
    run(async ({ usage }) => {
      const sums = await usage
        .aggregate<UsageSum & { readonly _id: string }>(
          [
            { $match: { day: { $gte: fromDay, $lte: toDay } } },
            {
              $group: {
                _id: `$${by}`,
                generations: { $sum: '$generations' },
                cached: { $sum: '$cached' },
                promptTokens: { $sum: '$promptTokens' },
                completionTokens: { $sum: '$completionTokens' },
              },
            },
          ],
          { maxTimeMS: maxSumMs },
        )
        .toArray();
      return sums.map(({ _id, ...sum }) => ({ key: _id, sum }));
    }),
  lastDaysOf: (ownerIds) =>
    run(async ({ usage }) => {
      const found = await usage
        .aggregate<{ readonly _id: string; readonly day: string }>([
          { $match: { ownerId: { $in: [...ownerIds] } } },
          { $group: { _id: '$ownerId', day: { $max: '$day' } } },
        ])
        .toArray();
      const byId = new Map(found.map(({ _id, day }) => [_id, day]));
      return ownerIds.map((id) => byId.get(id) ?? null);
    }),
  quotasOf: (ownerIds) =>
    run(async ({ quotas }) => {
      const found = await quotas.find({ _id: { $in: [...ownerIds] } }).toArray();
      const byId = new Map(found.map(({ _id, day, month }) => [_id, { day, month }]));
      return ownerIds.map((id) => byId.get(id) ?? null);
    }),
  setQuota: (ownerId, quota) =>
    run(async ({ quotas }) => {
      await quotas.replaceOne({ _id: ownerId }, quota, { upsert: true });
    }),
  deleteOfOwner: (ownerId) =>
    run(async ({ usage, quotas, storage }) => {
      await usage.deleteMany({ ownerId });
      await storage.deleteOne({ _id: ownerId });
      await quotas.deleteOne({ _id: ownerId });
    }),
});
