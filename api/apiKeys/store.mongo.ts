import type { Filter } from 'mongodb';
import type { Collections } from '../mongo/collections.ts';
import type { Ask } from '../mongo/connection.ts';
import { keyedPage } from '../mongo/page.ts';
import { type ApiKeyDocument, apiKeyDocumentOf, apiKeyOf } from './documents.mongo.ts';
import type { ApiKeyStore } from './store.ts';

const listOf = (collection: Collections['apiKeys'], where: Filter<ApiKeyDocument>) =>
  ({ collection, where, key: '_id', order: 'descending', read: apiKeyOf }) as const;

export const mongoApiKeyStore = (ask: Ask): ApiKeyStore => ({
  insert: (key) =>
    ask(async ({ apiKeys }) => {
      await apiKeys.insertOne(apiKeyDocumentOf(key));
    }),
  findByHash: (secretHash, now) =>
    ask(async ({ apiKeys }) => {
      const found = await apiKeys.findOne({
        secretHash,
        $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }],
      });
      return found && apiKeyOf(found);
    }),
  find: (ownerId, id) =>
    ask(async ({ apiKeys }) => {
      const found = await apiKeys.findOne({ _id: id, userId: ownerId });
      return found && apiKeyOf(found);
    }),
  page: (ownerId, page) => ask(({ apiKeys }) => keyedPage(listOf(apiKeys, { userId: ownerId }), page)),
  pageAnyOwner: (page) => ask(({ apiKeys }) => keyedPage(listOf(apiKeys, {}), page)),
  count: (ownerId) => ask(({ apiKeys }) => apiKeys.countDocuments({ userId: ownerId })),
  setLastUsed: (id, at) =>
    ask(async ({ apiKeys }) => {
      await apiKeys.updateOne({ _id: id }, { $set: { lastUsedAt: at } });
    }),
  delete: (ownerId, id) =>
    ask(async ({ apiKeys }) => (await apiKeys.deleteOne({ _id: id, userId: ownerId })).deletedCount > 0),
  deleteAnyOwner: (id) => ask(async ({ apiKeys }) => (await apiKeys.deleteOne({ _id: id })).deletedCount > 0),
  deleteAllOf: (ownerId) =>
    ask(async ({ apiKeys }) => {
      await apiKeys.deleteMany({ userId: ownerId });
    }),
});
