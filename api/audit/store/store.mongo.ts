import { setTimeout as sleep } from 'node:timers/promises';
import { type Filter, MongoBulkWriteError } from 'mongodb';
import { foldUsername } from '../../access/user.ts';
import type { Collections } from '../../mongo/collections.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate, mongoUnavailable } from '../../mongo/errors.ts';
import { keyedPage } from '../../mongo/page.ts';
import type { AuditEvent, AuditFilter } from '../auditEvent.ts';
import { type ChainLink, chain, genesis } from '../chain.ts';
import { firstIdAt } from '../eventIds.ts';
import {
  type AuditDocument,
  anchorId,
  auditDocumentOf,
  auditEntryOf,
  storedEntryOf,
} from './documents.mongo.ts';
import type { AuditStore } from './store.ts';

/** Maximum attempts to append while other replicas append first. */
const maxTries = 200;
/** The maximum pause between two attempts, in milliseconds. */
const maxPauseMs = 60;

export const mongoAuditStore = (run: RunMongo): AuditStore => {
  // Appends of this process are serialized, so that only replicas conflict.
  let previous: Promise<unknown> = Promise.resolve();

  const list = ({ auditEvents: collection }: Collections, where: Filter<AuditDocument>, order: Order) =>
    ({ collection, where, key: '_id', order, read: auditEntryOf }) as const;

  return {
    append(events) {
      const appended = previous.then(() => run((collections) => append(collections, events)));
      previous = appended.catch(() => {});
      return appended;
    },
    page: (filter, request) =>
      run((collections) => keyedPage(list(collections, conditionsOf(filter), 'descending'), request)),
    pageOfUser: (userId, request) =>
      run((collections) => keyedPage(list(collections, { userId }, 'ascending'), request)),
    findMany: (ids) =>
      run(async ({ auditEvents }) => {
        const found = await auditEvents.find({ _id: { $in: [...new Set(ids)] } }).toArray();
        const byId = new Map(found.map((document) => [document._id, auditEntryOf(document)]));
        return ids.map((id) => byId.get(id) ?? null);
      }),
    chainAfter: (seq, limit) =>
      run(async ({ auditEvents }) => {
        const found = auditEvents.find({ seq: { $gt: seq } }).sort({ seq: 1 });
        return (await found.limit(limit).toArray()).map(storedEntryOf);
      }),
    anchor: () => run(findAnchor),
    drop: (before, limit) => run((collections) => drop(collections, before, limit)),
  };
};

type Order = 'ascending' | 'descending';

const findAnchor = async ({ auditAnchor }: Collections): Promise<ChainLink> => {
  const found = await auditAnchor.findOne({ _id: anchorId });
  return found ? { seq: found.seq, hash: found.hash } : genesis;
};

const findLast = async (collections: Collections): Promise<ChainLink> => {
  const found = await collections.auditEvents.findOne({}, { sort: { seq: -1 } });
  return found ? { seq: found.seq, hash: found.hash } : findAnchor(collections);
};

/**
 * Appends events. The unique index of `seq` rejects one of two replicas that write the same number; it then chains its
 * remaining events to the other's entries.
 */
const append = async (collections: Collections, events: readonly AuditEvent[]): Promise<void> => {
  const { auditEvents } = collections;
  let left = events;
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === maxTries) throw mongoUnavailable();
    if (tries > 0) await sleep(Math.random() * Math.min(2 ** tries, maxPauseMs));
    try {
      const entries = chain(left, await findLast(collections));
      await auditEvents.insertMany(entries.map(auditDocumentOf), { ordered: true });
      return;
    } catch (error) {
      if (!isDuplicate(error) && !isDuplicateInBulk(error)) throw error;
      // Events that this or an earlier attempt stored, even if its response was lost.
      const stored = await auditEvents
        .find({ _id: { $in: left.map(({ id }) => id) } }, { projection: { _id: 1 } })
        .toArray();
      const known = new Set(stored.map(({ _id }) => _id));
      left = left.filter(({ id }) => !known.has(id));
    }
  }
};

const isDuplicateInBulk = (error: unknown): boolean =>
  error instanceof MongoBulkWriteError && error.code === 11_000;

const drop = async (collections: Collections, before: Date, limit: number): Promise<number> => {
  const { auditEvents, auditAnchor } = collections;
  const anchor = await findAnchor(collections);
  const [oldest, newest] = await Promise.all([
    auditEvents
      .find({ seq: { $gt: anchor.seq } }, { projection: { seq: 1, hash: 1, at: 1 } })
      .sort({ seq: 1 })
      .limit(limit)
      .toArray(),
    findLast(collections),
  ]);
  const kept = oldest.findIndex(({ at }) => at >= before);
  const old = kept === -1 ? oldest : oldest.slice(0, kept);
  const dropped = old.filter(({ seq }) => seq < newest.seq).at(-1);
  if (dropped) {
    const { seq, hash } = dropped;
    try {
      const earlier = { _id: anchorId, seq: { $lt: seq } };
      await auditAnchor.updateOne(earlier, { $set: { seq, hash } }, { upsert: true });
    } catch (error) {
      // Another replica has dropped further.
      if (!isDuplicate(error)) throw error;
    }
  }
  // Deletes what an earlier crash left after moving the anchor.
  const { seq } = await findAnchor(collections);
  return (await auditEvents.deleteMany({ seq: { $lte: seq } })).deletedCount;
};

const conditionsOf = (filter: AuditFilter): Filter<AuditDocument> => {
  const { actions, username, refusedOnly, target, from, to } = filter;
  const ids = { ...(from && { $gte: firstIdAt(from) }), ...(to && { $lt: firstIdAt(to) }) };
  return {
    ...(actions && { action: actions.length === 1 ? actions[0] : { $in: [...actions] } }),
    ...(username !== null && { foldedUsername: foldUsername(username) }),
    ...(refusedOnly && { outcome: { $ne: 'OK' as const } }),
    ...(target !== null && { target }),
    // `$and`, because the page adds its own bounds of `_id`.
    ...(Object.keys(ids).length > 0 && { $and: [{ _id: ids }] }),
  };
};
