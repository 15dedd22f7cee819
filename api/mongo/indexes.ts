import type { IndexDescription } from 'mongodb';
import type { Collections } from './collections.ts';

type Index = IndexDescription & { readonly name: string };

/**
 * The indexes of queries and their sorts. To change an index, give it a new name and drop the old one in a migration:
 * MongoDB rejects a different index of the same name, and replicas of two releases may start at once.
 */
export const indexes: Readonly<Record<keyof Collections, readonly Index[]>> = {
  users: [
    { name: 'username', key: { foldedUsername: 1 }, unique: true },
    { name: 'identity', key: { identityKey: 1 }, unique: true, sparse: true },
    { name: 'by_status', key: { status: 1 } },
    { name: 'by_role', key: { role: 1, status: 1 } },
  ],
  sessions: [
    { name: 'of_user_in_time', key: { userId: 1, createdAt: -1, _id: -1 } },
    // A TTL index: MongoDB deletes expired documents within about a minute.
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
  links: [
    { name: 'secret', key: { secretHash: 1 }, unique: true },
    { name: 'of_user', key: { userId: 1 } },
    { name: 'invites_in_time', key: { kind: 1, createdAt: -1, _id: -1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
  apiKeys: [
    { name: 'slot', key: { slot: 1 }, unique: true, sparse: true },
    { name: 'secret', key: { secretHash: 1 }, unique: true },
    { name: 'of_user_in_time', key: { userId: 1, createdAt: -1, _id: -1 } },
    { name: 'in_time', key: { createdAt: -1, _id: -1 } },
  ],
  conversations: [
    { name: 'list', key: { ownerId: 1, archived: 1, pinned: -1, activity: -1 } },
    { name: 'by_age', key: { ownerId: 1, updatedAt: 1, _id: 1 } },
    { name: 'list_of_tag', key: { ownerId: 1, tags: 1, archived: 1, pinned: -1, activity: -1 } },
    { name: 'list_of_folder', key: { ownerId: 1, folderId: 1, archived: 1, pinned: -1, activity: -1 } },
    { name: 'filed', key: { folderId: 1 }, sparse: true },
    { name: 'search', key: { ownerId: 1, terms: 1 } },
    { name: 'titles_due', key: { titleDueAt: 1 }, sparse: true },
    {
      name: 'by_expiry',
      key: { expiresAt: 1, _id: 1 },
      partialFilterExpression: { expiresAt: { $type: 'date' } },
    },
    {
      name: 'temporary',
      key: { ownerId: 1, expiresAt: 1 },
      partialFilterExpression: { expiresAt: { $type: 'date' } },
    },
    { name: 'open_turns', key: { 'turns.startedAt': 1 }, sparse: true },
    { name: 'of_collection', key: { collectionIds: 1 }, sparse: true },
  ],
  messages: [
    { name: 'place', key: { branchId: 1, depth: 1 }, unique: true },
    { name: 'children', key: { conversationId: 1, parentId: 1, createdAt: 1, _id: 1 } },
    {
      name: 'forks',
      key: { forkedBranchId: 1, forkedDepth: 1, createdAt: -1, _id: -1 },
      partialFilterExpression: { forkedBranchId: { $exists: true } },
    },
    { name: 'of_conversation_by_depth', key: { conversationId: 1, depth: 1, createdAt: 1, _id: 1 } },
    // Ends with the conversation and the time, so a search reads only the index.
    { name: 'search_in_time', key: { ownerId: 1, terms: 1, conversationId: 1, createdAt: 1 } },
    { name: 'unindexed', key: { unindexed: 1 }, sparse: true },
  ],
  generations: [
    { name: 'key', key: { ownersKey: 1 }, unique: true, sparse: true },
    { name: 'of_conversation', key: { conversationId: 1, status: 1, createdAt: 1, _id: 1 } },
    { name: 'by_status', key: { status: 1, createdAt: 1, _id: 1 } },
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: 1, _id: 1 } },
  ],
  answerDefaults: [{ name: 'of_owner', key: { ownerId: 1, model: 1 } }],
  folders: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'of_collection', key: { collectionIds: 1 }, sparse: true },
  ],
  collections: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'shared_in_time', key: { isShared: 1, createdAt: -1, _id: -1 } },
  ],
  shares: [
    { name: 'secret', key: { secretHash: 1 }, unique: true },
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'of_conversation', key: { conversationId: 1 } },
  ],
  usage: [
    { name: 'of_owner', key: { ownerId: 1, day: 1, model: 1 } },
    { name: 'by_day', key: { day: 1 } },
  ],
  // Queries read these two by `_id` only.
  quotas: [],
  storage: [],
  auditEvents: [
    { name: 'chain', key: { seq: 1 }, unique: true },
    { name: 'of_action', key: { action: 1, _id: -1 } },
    { name: 'of_user', key: { userId: 1, _id: 1 } },
    { name: 'of_username', key: { foldedUsername: 1, _id: -1 } },
    { name: 'of_target', key: { target: 1, _id: -1 } },
  ],
  auditAnchor: [],
  presets: [
    { name: 'own_name', key: { ownName: 1 }, unique: true },
    { name: 'shared_name', key: { sharedName: 1 }, unique: true, sparse: true },
    { name: 'slot', key: { slot: 1 }, unique: true, sparse: true },
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: 1, _id: 1 } },
    { name: 'shared', key: { isShared: 1 } },
  ],
  dockerRequests: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'in_time', key: { createdAt: -1, _id: -1 } },
  ],
  healingAgents: [
    { name: 'own_agent', key: { ownerId: 1, agentId: 1 }, unique: true },
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
  ],
  healings: [
    { name: 'event', key: { reporterId: 1, eventId: 1 }, unique: true },
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'of_status', key: { ownerId: 1, status: 1, createdAt: -1, _id: -1 } },
    { name: 'of_agent', key: { ownerId: 1, agentId: 1, createdAt: -1, _id: -1 } },
  ],
  batches: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'open', key: { status: 1, createdAt: 1 } },
    { name: 'ended', key: { endedAt: 1 } },
  ],
  batchItems: [
    { name: 'of_batch', key: { batchId: 1, createdAt: 1, _id: 1 } },
    { name: 'of_status', key: { batchId: 1, status: 1, createdAt: 1, _id: 1 } },
    { name: 'due', key: { batchId: 1, dueAt: 1, number: 1 } },
    { name: 'of_owner', key: { ownerId: 1 } },
  ],
  batchFiles: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { name: 'in_time', key: { createdAt: 1 } },
  ],
  batchFileParts: [
    { name: 'of_file', key: { fileId: 1 } },
    { name: 'of_owner', key: { ownerId: 1 } },
    { name: 'in_time', key: { createdAt: 1, fileId: 1 } },
  ],
  attachments: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: 1, _id: 1 } },
    { name: 'of_conversation', key: { conversationId: 1, createdAt: 1 } },
    { name: 'unsent', key: { conversationId: 1, collectionId: 1, createdAt: 1, _id: 1 } },
    { name: 'of_collection', key: { collectionId: 1, createdAt: 1, _id: 1 } },
    { name: 'of_file', key: { fileKey: 1 } },
    { name: 'unindexed', key: { 'index.at': 1 }, sparse: true },
  ],
  attachmentTexts: [],
  holds: [
    { name: 'of_owner_in_time', key: { ownerId: 1, createdAt: 1, _id: 1 } },
    { name: 'in_time', key: { createdAt: -1, _id: -1 } },
  ],
  passages: [{ name: 'of_attachment', key: { attachmentId: 1, number: 1 } }],
  attachmentParts: [
    { name: 'of_upload', key: { upload: 1, offset: 1 } },
    { name: 'in_time', key: { createdAt: 1 } },
  ],
};

/** Creates missing indexes. A large collection can exceed the driver's timeout; MongoDB then continues in the background. */
export const createIndexes = async (collections: Collections): Promise<void> => {
  for (const name of Object.keys(indexes) as (keyof Collections)[]) {
    if (indexes[name].length > 0) await collections[name].createIndexes([...indexes[name]]);
  }
};
