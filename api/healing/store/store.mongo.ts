import type { Filter } from 'mongodb';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { timedPage } from '../../mongo/page.ts';
import type { HealingStatus, StaleBefore } from '../healing.ts';
import {
  agentDocumentOf,
  agentOf,
  type HealingDocument,
  healingDocumentOf,
  healingOf,
} from './documents.mongo.ts';
import type { HealingStore } from './store.ts';

const finished: readonly HealingStatus[] = ['HEALED', 'CLOSED'];

/** The healings of a status by now: stale ones need a person. */
const inStatus = (status: HealingStatus, { diagnosing, acting }: StaleBefore): Filter<HealingDocument> => {
  const stale = [
    { status: 'DIAGNOSING' as const, updatedAt: { $lt: diagnosing } },
    { status: 'ACTING' as const, updatedAt: { $lt: acting } },
  ];
  // In `$and`: pages add an `$or` of their own.
  return status === 'NEEDS_PERSON' ? { $and: [{ $or: [{ status }, ...stale] }] } : { status, $nor: stale };
};

export const mongoHealingStore = (run: RunMongo): HealingStore => ({
  insertAgent: (agent, max) =>
    run(async ({ healingAgents }) => {
      try {
        await healingAgents.insertOne(agentDocumentOf(agent));
      } catch (error) {
        if (isDuplicate(error)) return 'DUPLICATE';
        throw error;
      }
      // After the insert, so that simultaneous ones together stay below the limit.
      if ((await healingAgents.countDocuments({ ownerId: agent.ownerId })) <= max) return 'INSERTED';
      await healingAgents.deleteOne({ _id: agent.id });
      return 'FULL';
    }),
  findAgent: (ownerId, id) =>
    run(async ({ healingAgents }) => {
      const found = await healingAgents.findOne({ _id: id, ownerId });
      return found && agentOf(found);
    }),
  findAgentAnyOwner: (id) =>
    run(async ({ healingAgents }) => {
      const found = await healingAgents.findOne({ _id: id });
      return found && agentOf(found);
    }),
  pageOfAgents: (ownerId, page) =>
    run(({ healingAgents: collection }) =>
      timedPage({ collection, where: { ownerId }, order: 'descending', read: agentOf } as const, page),
    ),
  deleteAgent: (ownerId, id) =>
    run(async ({ healingAgents }) => (await healingAgents.deleteOne({ _id: id, ownerId })).deletedCount > 0),
  agentsOfOwner: (ownerId) =>
    run(async ({ healingAgents }) =>
      (await healingAgents.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(agentOf),
    ),

  insert: (healing, { open, kept }) =>
    run(async ({ healings }) => {
      const { ownerId } = healing;
      try {
        await healings.insertOne(healingDocumentOf(healing));
      } catch (error) {
        if (isDuplicate(error)) return 'DUPLICATE';
        throw error;
      }
      // After the insert, so that simultaneous ones together stay below the limit.
      if ((await healings.countDocuments({ ownerId, status: { $nin: [...finished] } })) > open) {
        await healings.deleteOne({ _id: healing.id });
        return 'FULL';
      }
      const old = await healings
        .find({ ownerId }, { projection: { _id: 1 } })
        .sort({ createdAt: -1, _id: -1 })
        .skip(kept)
        .toArray();
      if (old.length > 0) {
        await healings.deleteMany({
          _id: { $in: old.map(({ _id }) => _id) },
          status: { $in: [...finished] },
        });
      }
      return 'INSERTED';
    }),
  find: (ownerId, id) =>
    run(async ({ healings }) => {
      const found = await healings.findOne({ _id: id, ownerId });
      return found && healingOf(found);
    }),
  findByEvent: (reporterId, eventId) =>
    run(async ({ healings }) => {
      const found = await healings.findOne({ reporterId, eventId });
      return found && healingOf(found);
    }),
  latestOf: (ownerId, agentIds) =>
    run(async ({ healings }) => {
      const wanted = { ownerId, agentId: { $in: [...agentIds] } };
      const found = await healings.find(wanted).sort({ createdAt: 1, _id: 1 }).toArray();
      const newest = new Map(found.map((document) => [document.agentId, healingOf(document)]));
      return agentIds.map((agentId) => newest.get(agentId) ?? null);
    }),
  page: (ownerId, status, stale, page) =>
    run(({ healings: collection }) =>
      timedPage(
        {
          collection,
          where: { ownerId, ...(status !== null && inStatus(status, stale)) },
          order: 'descending',
          read: healingOf,
        } as const,
        page,
      ),
    ),
  replace: (healing) =>
    run(async ({ healings }) => {
      const { _id, ...document } = healingDocumentOf(healing);
      const filter = { _id, revision: healing.revision - 1 };
      return (await healings.updateOne(filter, { $set: document })).matchedCount > 0;
    }),
  ofOwner: (ownerId) =>
    run(async ({ healings }) =>
      (await healings.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(healingOf),
    ),
  deleteOfOwner: (ownerId) =>
    run(async ({ healings, healingAgents }) => {
      await healings.deleteMany({ ownerId });
      await healingAgents.deleteMany({ ownerId });
    }),
});
