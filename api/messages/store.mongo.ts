import type { Document } from 'mongodb';
import { hasConversation } from '../conversations/store/deletion.mongo.ts';
import { isTemporary } from '../conversations/store/documents.mongo.ts';
import type { Collections } from '../mongo/collections.ts';
import type { RunMongo } from '../mongo/connection.ts';
import { isDuplicate } from '../mongo/errors.ts';
import { findOwned } from '../mongo/findOwned.ts';
import { timedPage } from '../mongo/page.ts';
import { readWithin } from '../mongo/readWithin.ts';
import { requireAll } from '../paging/pageSize.ts';
import { termsFilter } from '../search/terms.mongo.ts';
import {
  type BranchFields,
  messageDocumentOf,
  messageOf,
  messageProjection,
  type ProjectedMessage,
} from './documents.mongo.ts';
import type { Message, NewMessage } from './message.ts';
import { depthsOf, segmentsOf, withoutRest } from './path.ts';
import { appendContents, setContent, unfenced } from './searchIndex.mongo.ts';
import type { MessageStore } from './store.ts';
import { lineageOf, newBranchUnder, newestLeaf } from './tree.mongo.ts';

const childrenLimit = 100;

/** Maximum time of a search on the server, in ms. */
const maxSearchMs = 5000;

const projection = messageProjection;

export const mongoMessageStore = (run: RunMongo): MessageStore => ({
  insert: (message) => run((collections) => insert(collections, message)),
  find: (ownerId, id) => run((collections) => find(collections, ownerId, id)),
  findMany: (ownerId, ids) => run(({ messages }) => findOwned(messages, ownerId, ids, messageOf, projection)),
  path: (ownerId, leafId, request) =>
    run(async (collections) => {
      const leaf = await find(collections, ownerId, leafId);
      const lineage = leaf === null ? null : await lineageOf(collections, leaf.branchId);
      if (leaf === null || lineage === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
      const { first, last, ...page } = depthsOf(leaf.depth, request);
      const ranges = segmentsOf(lineage, leaf.branchId, first, last).map(({ branchId, from, to }) => ({
        branchId,
        depth: { $gte: from, $lte: to },
      }));
      if (ranges.length === 0) return { items: [], ...page };
      const { rows } = await readWithin(
        collections.messages
          .find<ProjectedMessage>({ $or: ranges }, { projection })
          .sort({ depth: request.direction === 'forward' ? 1 : -1 }),
      );
      return withoutRest(rows.map(messageOf), last - first + 1, request.direction, page);
    }),
  ofConversation: (ownerId, conversationId, afterId, size) =>
    run(async (collections) => {
      const { messages } = collections;
      const after = afterId === null ? null : await find(collections, ownerId, afterId);
      if (afterId !== null && after?.conversationId !== conversationId) return [];
      const { rows } = await readWithin(
        messages
          .find<ProjectedMessage>(
            { conversationId, ownerId, ...(after && afterMessage(after)) },
            { projection },
          )
          .sort({ depth: 1, createdAt: 1, _id: 1 })
          .limit(size),
      );
      return rows.map(messageOf);
    }),
  count: (ownerId, conversationId) =>
    run(async ({ conversations, messages }) => {
      const own = await conversations.findOne({ _id: conversationId, ownerId }, { projection: { _id: 1 } });
      // Without the owner, so that the index has all that is counted: no message is read.
      return own === null ? 0 : messages.countDocuments({ conversationId });
    }),
  search: (ownerId, search, page) =>
    run(async ({ conversations, messages }) => {
      const terms = termsFilter(search);
      if (terms === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
      const temporary = await conversations
        .find({ ownerId, expiresAt: isTemporary }, { projection: { _id: 1 } })
        .toArray();
      const conversationId = { $nin: temporary.map(({ _id }) => _id) };
      const list = {
        collection: messages,
        where: { ownerId, ...terms, ...(temporary.length > 0 && { conversationId }) },
        order: 'descending',
        read: messageOf,
        projection,
        maxTimeMs: maxSearchMs,
      } as const;
      return timedPage(list, page);
    }),
  children: (ownerId, conversationId, parentId) =>
    run(async ({ messages }) => {
      const within = await readWithin(
        messages
          .find<ProjectedMessage>({ conversationId, parentId, ownerId }, { projection })
          .sort({ createdAt: 1, _id: 1 })
          .limit(childrenLimit),
      );
      return requireAll(within).map(messageOf);
    }),
  newestLeaf: (ownerId, id) =>
    run(async (collections) => {
      const start = await find(collections, ownerId, id);
      return start && newestLeaf(collections, start);
    }),
  fence: (ownerId, id, author) =>
    run(async ({ messages }) => {
      const before = await messages.findOneAndUpdate(
        unfenced(ownerId, id, author),
        { $set: { attempt: author.attempt } },
        { projection, returnDocument: 'before' },
      );
      return before && messageOf(before);
    }),
  setContent: (ownerId, id, author, content) =>
    run((collections) => setContent(collections, ownerId, id, author, content)),
  appendContents: (appends) => run((collections) => appendContents(collections, appends)),
  rate: (ownerId, id, rating) =>
    run(async ({ messages }) => {
      const change = rating === null ? { $unset: { rating: 1 as const } } : { $set: { rating } };
      return (await messages.updateOne({ _id: id, ownerId }, change)).matchedCount > 0;
    }),
  remove: (ownerId, id) =>
    run(async (collections) => {
      const { messages } = collections;
      const message = await find(collections, ownerId, id);
      if (message === null) return false;
      const { conversationId } = message;
      const child = await messages.findOne({ conversationId, parentId: id }, { projection: { _id: 1 } });
      if (child !== null) return false;
      return (await messages.deleteOne({ _id: id, ownerId })).deletedCount > 0;
    }),
});

const find = async ({ messages }: Collections, ownerId: string, id: string): Promise<Message | null> => {
  const found = await messages.findOne<ProjectedMessage>({ _id: id, ownerId }, { projection });
  return found && messageOf(found);
};

/** Orders by depth first, because only depth guarantees parents before children: clocks of replicas differ. */
const afterMessage = ({ depth, createdAt, id }: Message): Document => ({
  $and: [
    {
      depth: { $gte: depth },
      $or: [{ depth: { $gt: depth } }, { createdAt: { $gt: createdAt } }, { createdAt, _id: { $gt: id } }],
    },
  ],
});

const insert = async (collections: Collections, message: NewMessage): Promise<Message | null> => {
  const { ownerId, id, conversationId, parentId } = message;
  const [exists, parent] = await Promise.all([
    hasConversation(collections, ownerId, conversationId),
    parentId === null ? null : find(collections, ownerId, parentId),
  ]);
  if (!exists || (parentId !== null && parent?.conversationId !== conversationId)) return null;
  const written = await insertUnder(collections, parent, message);
  if (written === null) return null;
  if (await hasConversation(collections, ownerId, conversationId)) return written;
  await collections.messages.deleteOne({ _id: id });
  return null;
};

/** Inserts a message in its parent's branch, or in a new branch if the parent has a child there already. */
const insertUnder = async (
  collections: Collections,
  parent: Message | null,
  message: NewMessage,
): Promise<Message | null> => {
  if (parent !== null) {
    const { branchId, depth } = parent;
    const first = await insertOnce(collections, { ...message, branchId, depth: depth + 1 }, null);
    if (first !== null) return first;
  }
  const depth = parent === null ? 0 : parent.depth + 1;
  const branch = await newBranchUnder(collections, parent);
  if (branch === null) return null;
  const opening = await insertOnce(collections, { ...message, branchId: message.id, depth }, branch);
  if (opening === null) throw new Error(`message ${message.id} already exists and has another owner`);
  return opening;
};

/**
 * Inserts a message. Concurrent inserts of one id all return the same message. Returns null if another message has the
 * position, or if the id belongs to another owner.
 */
const insertOnce = async (
  collections: Collections,
  message: Message,
  branch: BranchFields | null,
): Promise<Message | null> => {
  try {
    await collections.messages.insertOne(messageDocumentOf(message, branch));
    return message;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return find(collections, message.ownerId, message.id);
  }
};
