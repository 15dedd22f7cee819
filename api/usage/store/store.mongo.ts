import type { RunMongo } from '../../mongo/connection.ts';
import { usageIdOf } from '../usage.ts';
import { usageOf } from './documents.mongo.ts';
import type { UsageStore } from './store.ts';

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
