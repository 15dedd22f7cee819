import { mongoAccountStore } from '../accounts/store/store.mongo.ts';
import { mongoAnswerDefaultsStore } from '../answerDefaults/store/store.mongo.ts';
import { mongoApiKeyStore } from '../apiKeys/store.mongo.ts';
import { gridFsAttachmentFiles } from '../attachments/files/files.mongo.ts';
import { mongoPassageStore } from '../attachments/passages/store/store.mongo.ts';
import { mongoAttachmentStore } from '../attachments/store/store.mongo.ts';
import { mongoAuditStore } from '../audit/store/store.mongo.ts';
import { mongoBatchFileStore } from '../batches/files/store/store.mongo.ts';
import { mongoBatchStore } from '../batches/store/store.mongo.ts';
import { finishCollectionDeletions } from '../collections/store/deletion.mongo.ts';
import { mongoCollectionStore } from '../collections/store/store.mongo.ts';
import { finishDeletions } from '../conversations/store/deletion.mongo.ts';
import { mongoConversationStore } from '../conversations/store/store.mongo.ts';
import { unfileFromDeleted } from '../conversations/store/unfile.mongo.ts';
import { mongoDockerRequestStore } from '../docker/store/store.mongo.ts';
import { mongoFolderStore } from '../folders/store/store.mongo.ts';
import { mongoGenerationStore } from '../generations/store/store.mongo.ts';
import { mongoHealingStore } from '../healing/store/store.mongo.ts';
import { mongoHoldStore } from '../holds/store.mongo.ts';
import { indexPendingMessages } from '../messages/searchIndex.mongo.ts';
import { mongoMessageStore } from '../messages/store.mongo.ts';
import { connectMongo, type MongoDeps } from '../mongo/connection.ts';
import { finishAttachmentDeletions } from '../mongo/hiddenAttachments.ts';
import type { Repair } from '../mongo/prepare.ts';
import { retryingReads } from '../mongo/retryingReads.ts';
import { mongoPresetStore } from '../presets/store/store.mongo.ts';
import { mongoShareStore } from '../shares/store.mongo.ts';
import { mongoStorageStore } from '../usage/storage/storage.mongo.ts';
import { mongoUsageStore } from '../usage/store/store.mongo.ts';
import type { Stores } from './stores.ts';

/** The repairs that a start runs after a crash. */
export const mongoRepairs: readonly Repair[] = [
  finishDeletions,
  finishCollectionDeletions,
  finishAttachmentDeletions,
  unfileFromDeleted,
  indexPendingMessages,
];

/**
 * Opens the stores in one MongoDB database, which replicas can share. Retries while MongoDB is unavailable or rejects
 * the credentials, with one log line when it becomes unavailable and one when it is available again.
 *
 * @throws MongoUrlUnusable, NewerMongoStore, each with one line that says what is wrong and what to do
 */
export const openMongoStores = async (deps: Omit<MongoDeps, 'repairs'>): Promise<Stores> => {
  const { run, firstAttempt, ready, check, close } = connectMongo({
    ...deps,
    repairs: mongoRepairs,
  });
  try {
    await firstAttempt();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts: retryingReads(mongoAccountStore(run), [
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
    apiKeys: retryingReads(mongoApiKeyStore(run), ['findByHash', 'find', 'page', 'pageAnyOwner']),
    conversations: retryingReads(mongoConversationStore(run), [
      'find',
      'findMany',
      'page',
      'turnsOf',
      'openTurnsAnyOwner',
      'unchangedSince',
    ]),
    messages: retryingReads(mongoMessageStore(run), [
      'find',
      'findMany',
      'path',
      'ofConversation',
      'count',
      'search',
      'children',
      'newestLeaf',
    ]),
    generations: retryingReads(mongoGenerationStore(run), [
      'find',
      'findMany',
      'findByIdempotencyKey',
      'unfinishedOfConversation',
      'unfinishedOfOwner',
      'pageOfOwner',
      'findAnyOwner',
      'activeAnyOwner',
      'unfinishedPerOwner',
      'unfinishedAnyOwner',
      'usageOfConversation',
    ]),
    answerDefaults: retryingReads(mongoAnswerDefaultsStore(run), ['findMany', 'ofOwner']),
    collections: retryingReads(mongoCollectionStore(run), ['findMany', 'page', 'ofOwner', 'summaries']),
    folders: retryingReads(mongoFolderStore(run), ['find', 'findMany', 'findByName', 'page']),
    shares: retryingReads(mongoShareStore(run), ['findByHash', 'find', 'page']),
    storage: retryingReads(mongoStorageStore(run), ['usedBy', 'largest']),
    usage: retryingReads(mongoUsageStore(run), [
      'ofOwner',
      'ofOwners',
      'sumsAnyOwner',
      'lastDaysOf',
      'quotasOf',
    ]),
    attachments: retryingReads(mongoAttachmentStore(run), [
      'find',
      'findMany',
      'text',
      'findReadable',
      'readableText',
      'pageOfCollection',
      'page',
      'fileKeysOfConversation',
      'unsentAnyOwner',
      'usedFileKeys',
    ]),
    attachmentFiles: retryingReads(gridFsAttachmentFiles(run), [
      'open',
      'received',
      'join',
      'unfinishedBytes',
    ]),
    passages: retryingReads(mongoPassageStore(run), [
      'findMany',
      'indexing',
      'searchableIn',
      'list',
      'matching',
      'nearest',
      'unembedded',
    ]),
    audit: retryingReads(mongoAuditStore(run), ['page', 'pageOfUser', 'findMany', 'chainAfter', 'anchor']),
    presets: retryingReads(mongoPresetStore(run), ['visibleTo', 'findMany', 'findByName', 'ofOwner']),
    holds: retryingReads(mongoHoldStore(run), ['find', 'page', 'ofOwner']),
    dockerRequests: retryingReads(mongoDockerRequestStore(run), [
      'find',
      'findAnyOwner',
      'page',
      'pageAnyOwner',
      'ofOwner',
    ]),
    healings: retryingReads(mongoHealingStore(run), [
      'findAgent',
      'findAgentAnyOwner',
      'pageOfAgents',
      'agentsOfOwner',
      'find',
      'findByEvent',
      'latestOf',
      'page',
      'ofOwner',
    ]),
    batches: retryingReads(mongoBatchStore(run), [
      'find',
      'findAnyOwner',
      'findMany',
      'page',
      'openOfOwner',
      'items',
      'findItems',
      'startedItems',
      'overdueAnyOwner',
      'staleAnyOwner',
      'countsAnyOwner',
    ]),
    batchFiles: retryingReads(mongoBatchFileStore(run), ['find', 'ofOwner', 'part', 'createdBeforeAnyOwner']),
    ready,
    check,
    close,
  };
};
