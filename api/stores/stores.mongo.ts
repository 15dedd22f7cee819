import { mongoAccountStore } from '../accounts/store/store.mongo.ts';
import { mongoApiKeyStore } from '../apiKeys/store.mongo.ts';
import { mongoAuditStore } from '../audit/store/store.mongo.ts';
import { finishDeletions } from '../conversations/store/deletion.mongo.ts';
import { mongoConversationStore } from '../conversations/store/store.mongo.ts';
import { mongoGenerationStore } from '../generations/store/store.mongo.ts';
import { mongoMessageStore } from '../messages/store.mongo.ts';
import { indexLeftMessages } from '../messages/terms.mongo.ts';
import { connectMongo, type MongoDeps } from '../mongo/connection.ts';
import type { Repair } from '../mongo/prepare.ts';
import { retryingReads } from '../mongo/retryingReads.ts';
import { mongoStorageStore } from '../usage/storage/storage.mongo.ts';
import { mongoUsageStore } from '../usage/store/store.mongo.ts';
import type { Stores } from './stores.ts';

/** What a start completes of what a crash left half done. */
export const mongoRepairs: readonly Repair[] = [finishDeletions, indexLeftMessages];

/**
 * Everything in one MongoDB database, which any number of replicas share. A server that is away, or refuses us, is tried
 * again by itself, with one line in the log when it goes and one when it is back.
 *
 * @throws MongoUrlUnusable, NewerMongoStore, each with one line that says what is wrong and what to do
 */
export const openMongoStores = async (deps: Omit<MongoDeps, 'repairs'>): Promise<Stores> => {
  const { ask, tried, ready, check, close } = connectMongo({ ...deps, repairs: mongoRepairs });
  try {
    await tried();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts: retryingReads(mongoAccountStore(ask), [
      'findUser',
      'findUsers',
      'findUserByName',
      'findUserByIdentity',
      'pageOfUsers',
      'usersBeingDeleted',
      'countUsers',
      'findSession',
      'pageOfSessions',
      'findLink',
      'findInvite',
      'pageOfInvites',
    ]),
    apiKeys: retryingReads(mongoApiKeyStore(ask), ['findByHash', 'find', 'page', 'pageAnyOwner']),
    conversations: retryingReads(mongoConversationStore(ask), [
      'find',
      'findMany',
      'page',
      'turnsOf',
      'openTurnsAnyOwner',
    ]),
    messages: retryingReads(mongoMessageStore(ask), [
      'find',
      'findMany',
      'path',
      'ofConversation',
      'children',
      'newestLeaf',
    ]),
    generations: retryingReads(mongoGenerationStore(ask), [
      'find',
      'findMany',
      'findByIdempotencyKey',
      'unfinishedOfConversation',
      'unfinishedOfOwner',
      'pageOfOwner',
      'findAnyOwner',
      'activeAnyOwner',
      'unfinishedAnyOwner',
      'usageOfConversation',
    ]),
    storage: retryingReads(mongoStorageStore(ask), ['usedBy']),
    usage: retryingReads(mongoUsageStore(ask), ['ofOwner', 'ofOwners', 'quotasOf']),
    audit: retryingReads(mongoAuditStore(ask), ['page', 'pageOfUser', 'findMany', 'chainAfter', 'anchor']),
    ready,
    check,
    close,
  };
};
