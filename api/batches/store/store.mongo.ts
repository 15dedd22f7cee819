import type { Filter } from 'mongodb';
import type { Collections } from '../../mongo/collections.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { timedPage } from '../../mongo/page.ts';
import type { BatchItemStatus, BatchStatus } from '../batch.ts';
import {
  type BatchDocument,
  type BatchItemDocument,
  batchDocumentOf,
  batchOf,
  itemOf,
  newItemDocument,
} from './documents.mongo.ts';
import { inFairOrder } from './order.ts';
import type { BatchStore } from './store.ts';

const open: readonly BatchStatus[] = ['PREPARING', 'RUNNING'];
/** Stale batches that are read at once. */
const maxStale = 1000;

const unfinished: readonly BatchItemStatus[] = ['PENDING', 'RUNNING'];

export const mongoBatchStore = (run: RunMongo): BatchStore => ({
  insert: (batch, limits) =>
    run(async ({ batches }) => {
      const { id, ownerId } = batch;
      try {
        await batches.insertOne(batchDocumentOf(batch));
      } catch (error) {
        if (isDuplicate(error)) return 'DUPLICATE';
        throw error;
      }
      // After the insert, so that simultaneous ones together stay below the limits.
      const isOpen = { ownerId, status: { $in: [...open] } };
      const isTooManyOpen = (await batches.countDocuments(isOpen)) > limits.open;
      if (!isTooManyOpen && (await batches.countDocuments({ ownerId })) <= limits.kept) return 'INSERTED';
      await batches.deleteOne({ _id: id });
      return isTooManyOpen ? 'TOO_MANY_OPEN' : 'FULL';
    }),
  addInputs: (batch, from, inputs) =>
    run(async ({ batchItems }) => {
      const documents = inputs.map((input, index) => newItemDocument(batch, from + index, input));
      try {
        await batchItems.insertMany(documents, { ordered: false });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }),
  begin: (id) =>
    run(async ({ batches }) => {
      const begun = await batches.findOneAndUpdate(
        { _id: id, status: 'PREPARING' },
        { $set: { status: 'RUNNING' } },
        { returnDocument: 'after' },
      );
      return begun && batchOf(begun);
    }),

  find: (ownerId, id) =>
    run(async ({ batches }) => {
      const found = await batches.findOne({ _id: id, ownerId });
      return found && batchOf(found);
    }),
  findAnyOwner: (id) => run((collections) => findAnyOwner(collections, id)),
  findMany: (ownerId, ids) =>
    run(async ({ batches }) => {
      const found = await batches.find({ _id: { $in: [...ids] }, ownerId }).toArray();
      const byId = new Map(found.map((document) => [document._id, batchOf(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
  page: (ownerId, page) =>
    run(({ batches: collection }) =>
      timedPage({ collection, where: { ownerId }, order: 'descending', read: batchOf } as const, page),
    ),
  openOfOwner: (ownerId) =>
    run(async ({ batches }) => {
      const found = batches.find({ ownerId, status: { $in: [...open] } }).sort({ createdAt: 1, _id: 1 });
      return (await found.toArray()).map(batchOf);
    }),
  items: (ownerId, batchId, statuses, page) =>
    run(({ batchItems: collection }) => {
      const where = { batchId, ownerId, ...(statuses !== null && { status: { $in: [...statuses] } }) };
      return timedPage({ collection, where, order: 'ascending', read: itemOf } as const, page);
    }),
  findItems: (ownerId, ids) =>
    run(async ({ batchItems }) => {
      const found = await batchItems.find({ _id: { $in: [...ids] }, ownerId }).toArray();
      const byId = new Map(found.map((document) => [document._id, itemOf(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
  startedItems: (batchId) =>
    run(async ({ batchItems }) => {
      const started: Filter<BatchItemDocument> = {
        batchId,
        status: { $in: ['RUNNING', 'CANCELLED'] },
        dueAt: { $exists: true },
      };
      const found = await batchItems.find(started, { projection: { ownerId: 1, attempt: 1 } }).toArray();
      return found.map(({ _id, ownerId, attempt }) => ({ id: _id, ownerId, attempt }));
    }),

  claim: (now, until) =>
    run(async ({ batches, batchItems }) => {
      const running = await batches
        .find(
          { status: 'RUNNING', $or: [{ resumesAt: null }, { resumesAt: { $lte: now } }] },
          { projection: { ownerId: 1, servedAt: 1, createdAt: 1 } },
        )
        .toArray();
      const ordered = inFairOrder(running.map(({ _id, ...batch }) => ({ id: _id, ...batch })));
      for (const { id: batchId } of ordered) {
        const claimed = await claimNext(batchItems, batchId, now, until);
        if (!claimed) continue;
        const batch = await batches.findOneAndUpdate(
          { _id: batchId, status: 'RUNNING' },
          { $set: { servedAt: now, resumesAt: null, error: null } },
          { returnDocument: 'after' },
        );
        // Null: the batch has ended meanwhile.
        if (batch) return { batch: batchOf(batch), item: itemOf(claimed) };
      }
      return null;
    }),
  renew: ({ id, batchId, attempt }, until) =>
    run(async ({ batches, batchItems }) => {
      if (!(await batches.findOne({ _id: batchId, status: 'RUNNING' }))) return false;
      const renewed = await batchItems.updateOne(
        { _id: id, attempt, status: 'RUNNING' },
        { $set: { dueAt: until } },
      );
      return renewed.matchedCount > 0;
    }),
  release: ({ id, attempt }, dueAt, failures) =>
    run(async ({ batchItems }) => {
      const change = { $set: { status: 'PENDING' as const, dueAt }, $inc: { failures } };
      await batchItems.updateOne({ _id: id, attempt, status: 'RUNNING' }, change);
    }),
  finish: ({ id, batchId, attempt }, outcome, finishedAt) =>
    run(async ({ batches, batchItems }) => {
      if (!(await batches.findOne({ _id: batchId, status: 'RUNNING' }))) return false;
      const { promptTokens, completionTokens } = outcome;
      const finished = await batchItems.updateOne(
        { _id: id, attempt, status: 'RUNNING' },
        {
          $set: {
            status: outcome.error ? 'FAILED' : 'COMPLETED',
            output: JSON.stringify(outcome),
            promptTokens,
            completionTokens,
            finishedAt,
          },
          $unset: { dueAt: '' },
        },
      );
      if (finished.matchedCount === 0) return false;
      // A crash in between loses the count until the batch ends. If it has ended in between, this input is counted already.
      const counts = outcome.error ? { failed: 1 } : { completed: 1 };
      await batches.updateOne(
        { _id: batchId, status: 'RUNNING' },
        { $inc: { ...counts, promptTokens, completionTokens } },
      );
      return true;
    }),
  releaseAnyOwner: () =>
    run(async ({ batchItems }) => {
      await batchItems.updateMany({ status: 'RUNNING' }, { $set: { dueAt: new Date(0) } });
    }),

  complete: (id, endedAt) =>
    run(async ({ batches, batchItems }) => {
      if (await batchItems.findOne({ batchId: id, status: { $in: [...unfinished] } })) return null;
      const sums = await sumsOf(batchItems, id);
      const completed = await batches.findOneAndUpdate(
        { _id: id, status: 'RUNNING' },
        { $set: { ...sums, status: 'COMPLETED', endedAt, error: null, resumesAt: null } },
        { returnDocument: 'after' },
      );
      return completed && batchOf(completed);
    }),
  end: (id, { status, error, endedAt }) =>
    run(async ({ batches, batchItems }) => {
      const ended = await batches.findOneAndUpdate(
        { _id: id, status: { $in: [...open] } },
        { $set: { status, error, endedAt, resumesAt: null } },
        { returnDocument: 'after' },
      );
      if (!ended) return null;
      // Those that run keep the time of their claim, so that their generations can be cancelled.
      await batchItems.updateMany({ batchId: id, status: 'RUNNING' }, { $set: { status: 'CANCELLED' } });
      await batchItems.updateMany(
        { batchId: id, status: 'PENDING' },
        { $set: { status: 'CANCELLED' }, $unset: { dueAt: '' } },
      );
      // Nothing can end any more.
      const counted = await batches.findOneAndUpdate(
        { _id: id },
        { $set: await sumsOf(batchItems, id) },
        { returnDocument: 'after' },
      );
      return batchOf(counted ?? ended);
    }),
  pause: (id, resumesAt, error) =>
    run(async ({ batches }) => {
      await batches.updateOne({ _id: id, status: 'RUNNING' }, { $set: { resumesAt, error } });
    }),

  overdueAnyOwner: (now) =>
    run(async ({ batches, batchItems }) => {
      const running = (await batches.find({ status: 'RUNNING' }).toArray()).map(batchOf);
      const states = await Promise.all(
        running.map(
          async ({ id, expiresAt }) =>
            expiresAt <= now ||
            !(await batchItems.findOne({ batchId: id, status: { $in: [...unfinished] } })),
        ),
      );
      return running.filter((_, index) => states[index]);
    }),
  staleAnyOwner: (endedBefore, createdBefore, afterId) =>
    run(async ({ batches }) => {
      const stale = (where: Filter<BatchDocument>) =>
        batches
          .find({ ...where, _id: { $gt: afterId ?? '' } }, { projection: { ownerId: 1 } })
          .sort({ _id: 1 })
          .limit(maxStale)
          .toArray();
      const [ended, unprepared] = await Promise.all([
        stale({ endedAt: { $lt: endedBefore } }),
        stale({ status: 'PREPARING', createdAt: { $lt: createdBefore } }),
      ]);
      return [...ended, ...unprepared]
        .map(({ _id: id, ownerId }) => ({ id, ownerId }))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, maxStale);
    }),
  countsAnyOwner: () =>
    run(async ({ batches }) => {
      const projection = { total: 1, completed: 1, failed: 1 };
      const running = await batches.find({ status: 'RUNNING' }, { projection }).toArray();
      const inputs = running.reduce(
        (sum, { total, completed, failed }) => sum + total - completed - failed,
        0,
      );
      return { batches: running.length, inputs };
    }),
  deleteOrphansAnyOwner: () =>
    run(async ({ batches, batchItems }) => {
      // Before the batches are read: a batch is written before its inputs.
      const batchIds: string[] = await batchItems.distinct('batchId');
      const present = await batches.find({ _id: { $in: batchIds } }, { projection: { _id: 1 } }).toArray();
      const known = new Set(present.map(({ _id }) => _id));
      const orphans = batchIds.filter((id) => !known.has(id));
      if (orphans.length > 0) await batchItems.deleteMany({ batchId: { $in: orphans } });
    }),
  delete: (ownerId, id) =>
    run(async ({ batches, batchItems }) => {
      // The inputs first: after a crash in between, the batch can still be deleted.
      await batchItems.deleteMany({ batchId: id, ownerId });
      return (await batches.deleteOne({ _id: id, ownerId })).deletedCount > 0;
    }),
  deleteOfOwner: (ownerId) =>
    run(async ({ batches, batchItems }) => {
      await batchItems.deleteMany({ ownerId });
      await batches.deleteMany({ ownerId });
      // Of a runner that wrote in between.
      await batchItems.deleteMany({ ownerId });
    }),
});

interface Sums {
  readonly completed: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Counts the inputs of a batch that have ended, and their tokens. */
const sumsOf = async (batchItems: Collections['batchItems'], batchId: string): Promise<Sums> => {
  const [sums = none] = await batchItems
    .aggregate<Sums>([
      { $match: { batchId } },
      {
        $group: {
          _id: null,
          completed: { $sum: { $cond: [{ $eq: ['$status', 'COMPLETED'] }, 1, 0] } },
          failed: { $sum: { $cond: [{ $eq: ['$status', 'FAILED'] }, 1, 0] } },
          promptTokens: { $sum: '$promptTokens' },
          completionTokens: { $sum: '$completionTokens' },
        },
      },
      { $project: { _id: 0 } },
    ])
    .toArray();
  return sums;
};

const none: Sums = { completed: 0, failed: 0, promptTokens: 0, completionTokens: 0 };

const findAnyOwner = async ({ batches }: Collections, id: string) => {
  const found = await batches.findOne({ _id: id });
  return found && batchOf(found);
};

/** Maximum attempts to claim an input of one batch. Each failed one means that another runner claimed that input. */
const maxTries = 100;

const claimNext = async (
  batchItems: Collections['batchItems'],
  batchId: string,
  now: Date,
  until: Date,
): Promise<BatchItemDocument | null> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const due = await batchItems.findOne(
      { batchId, dueAt: { $lte: now } },
      { sort: { dueAt: 1, number: 1 }, projection: { attempt: 1, status: 1 } },
    );
    if (!due) return null;
    const { _id, attempt, status } = due;
    const claimed = await batchItems.findOneAndUpdate(
      { _id, attempt, status, dueAt: { $lte: now } },
      {
        $set: { status: 'RUNNING', dueAt: until },
        $inc: { attempt: 1, crashes: status === 'RUNNING' ? 1 : 0 },
      },
      { returnDocument: 'after' },
    );
    if (claimed) return claimed;
  }
  return null;
};
