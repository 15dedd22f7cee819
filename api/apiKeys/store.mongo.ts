import type { Filter } from 'mongodb';
import type { ApiKey } from '../access/apiKey.ts';
import type { Collections } from '../mongo/collections.ts';
import type { RunMongo } from '../mongo/connection.ts';
import { isDuplicate } from '../mongo/errors.ts';
import { timedPage } from '../mongo/page.ts';
import { type ApiKeyDocument, apiKeyDocumentOf, apiKeyOf, slotOf } from './documents.mongo.ts';
import type { ApiKeyStore } from './store.ts';

const listOf = (collection: Collections['apiKeys'], where: Filter<ApiKeyDocument>) =>
  ({ collection, where, order: 'descending', read: apiKeyOf }) as const;

export const mongoApiKeyStore = (run: RunMongo): ApiKeyStore => ({
  insert: (key, limit) => run(({ apiKeys }) => insert(apiKeys, key, limit)),
  findByHash: (secretHash, now) =>
    run(async ({ apiKeys }) => {
      const found = await apiKeys.findOne({
        secretHash,
        $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }],
      });
      return found && apiKeyOf(found);
    }),
  find: (ownerId, id) =>
    run(async ({ apiKeys }) => {
      const found = await apiKeys.findOne({ _id: id, userId: ownerId });
      return found && apiKeyOf(found);
    }),
  page: (ownerId, page) => run(({ apiKeys }) => timedPage(listOf(apiKeys, { userId: ownerId }), page)),
  pageAnyOwner: (page) => run(({ apiKeys }) => timedPage(listOf(apiKeys, {}), page)),
  setLastUsed: (id, at) =>
    run(async ({ apiKeys }) => {
      await apiKeys.updateOne({ _id: id }, { $set: { lastUsedAt: at } });
    }),
  delete: (ownerId, id) =>
    run(async ({ apiKeys }) => (await apiKeys.deleteOne({ _id: id, userId: ownerId })).deletedCount > 0),
  deleteAnyOwner: (id) => run(async ({ apiKeys }) => (await apiKeys.deleteOne({ _id: id })).deletedCount > 0),
  deleteAllOf: (ownerId) =>
    run(async ({ apiKeys }) => {
      await apiKeys.deleteMany({ userId: ownerId });
    }),
});

/** Maximum attempts to insert. Each failed one means that another insert took the slot, so it needs thousands at once. */
const maxTries = 1000;

/**
 * Inserts a key into a free slot of its owner. The owner has as many slots as keys are allowed, and a slot is unique, so
 * the limit holds without a transaction. A key of an earlier release has no slot and reduces their number by one.
 */
const insert = async (collection: Collections['apiKeys'], key: ApiKey, limit: number): Promise<boolean> => {
  const { userId } = key;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const present = await collection.find({ userId }, { projection: { slot: 1 } }).toArray();
    const taken = new Set(present.flatMap(({ slot }) => slot ?? []));
    const slots = Math.max(0, limit - (present.length - taken.size));
    const free = Array.from({ length: slots }, (_, number) => slotOf(userId, number)).filter(
      (slot) => !taken.has(slot),
    );
    // Random, so that simultaneous inserts seldom choose the same slot.
    const slot = free[Math.floor(Math.random() * free.length)];
    if (slot === undefined) return false;
    try {
      await collection.insertOne({ ...apiKeyDocumentOf(key), slot });
      return true;
    } catch (error) {
      const isTaken = isDuplicate(error) && (await collection.findOne({ slot }, { projection: { _id: 1 } }));
      if (!isTaken) throw error;
    }
  }
  throw new Error('no free slot for an API key');
};
