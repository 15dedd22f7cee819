import { mongoAccountStore } from './accounts/store.mongo.ts';
import { mongoApiKeyStore } from './apiKeys/store.mongo.ts';
import { mongoAuditStore } from './audit/store.mongo.ts';
import { mongoConversationStore } from './conversations/store.mongo.ts';
import { mongoGenerationStore } from './generations/store.mongo.ts';
import { mongoMessageStore } from './messages/store.mongo.ts';
import { connectMongo, type MongoDeps } from './mongo/connection.ts';
import type { Stores } from './stores.ts';
import { mongoUsageStore } from './usage/store.mongo.ts';

/**
 * Everything in one MongoDB database, which any number of replicas share. A server that is away, or refuses us, is tried
 * again by itself, with one line in the log when it goes and one when it is back.
 *
 * @throws MongoUrlUnusable, NewerMongoStore, each with one line that says what is wrong and what to do
 */
export const openMongoStores = async (deps: MongoDeps): Promise<Stores> => {
  const { ask, tried, ready, check, close } = connectMongo(deps);
  try {
    await tried();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts: mongoAccountStore(ask),
    apiKeys: mongoApiKeyStore(ask),
    conversations: mongoConversationStore(ask),
    messages: mongoMessageStore(ask),
    generations: mongoGenerationStore(ask),
    usage: mongoUsageStore(ask),
    audit: mongoAuditStore(ask),
    ready,
    check,
    close,
  };
};
