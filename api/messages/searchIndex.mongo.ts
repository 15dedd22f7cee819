import { type Filter, ObjectId } from 'mongodb';
import type { Collections } from '../mongo/collections.ts';
import { indexedTerms } from '../search/terms.mongo.ts';
import { contentOf, type MessageDocument } from './documents.mongo.ts';
import type { ContentAppend, ContentAuthor } from './message.ts';

/**
 * While a generation runs, its message is saved about once a second, by appends. Its search terms are computed once, when the
 * generation ends. The last text and the end of the generation may be written in any order or concurrently: each writes
 * first and then reads what the other writes, so the later one computes the terms. The next start indexes what a crash
 * left unindexed.
 */

/** Replaces the content, unless a higher attempt has fenced it. Resolves to whether it did. */
export const setContent = async (
  collections: Collections,
  ownerId: string,
  id: string,
  author: ContentAuthor,
  content: string,
): Promise<boolean> => {
  const unindexed = new ObjectId();
  const { matchedCount } = await collections.messages.updateOne(unfenced(ownerId, id, author), {
    $set: { content, unindexed, attempt: author.attempt, bytes: Buffer.byteLength(content) },
    $unset: { tail: '' },
  });
  if (matchedCount === 0) return false;
  if (!(await isBeingGenerated(collections, author.generationId))) {
    await writeTerms(collections, id, content, unindexed);
  }
  return true;
};

/** Appends to contents that have the given length and attempt, with one command. Resolves to which ones it did. */
export const appendContents = async (
  { messages, storage }: Collections,
  appends: readonly ContentAppend[],
): Promise<readonly boolean[]> => {
  const unindexed = new ObjectId();
  const unwritten = { attempt: { $exists: false }, bytes: { $exists: false }, content: '' };
  const operations = appends.map(({ ownerId, id, author: { generationId, attempt }, offset, delta }) => ({
    updateOne: {
      filter: {
        _id: id,
        ownerId,
        generationId,
        $or: [{ attempt, bytes: offset }, ...(offset === 0 ? [unwritten] : [])],
      },
      update: {
        $push: { tail: delta },
        $inc: { bytes: Buffer.byteLength(delta) },
        $set: { unindexed, attempt },
      },
    },
  }));
  const { matchedCount } = await messages.bulkWrite(operations, { ordered: false });
  if (matchedCount === appends.length) {
    await countStored(storage, appends);
    return appends.map(() => true);
  }
  // The reply has only their number. A message that was written again meanwhile counts as not appended to.
  const ids = appends.map(({ id }) => id);
  const found = await messages
    .find({ _id: { $in: ids }, unindexed }, { projection: { attempt: 1 } })
    .toArray();
  const attempts = new Map(found.map(({ _id, attempt }) => [_id, attempt]));
  const isAppended = ({ id, author }: ContentAppend) => attempts.get(id) === author.attempt;
  await countStored(storage, appends.filter(isAppended));
  return appends.map(isAppended);
};

/**
 * Adds appended texts to the stored bytes of their owners. Without it, answers would count at the next recount only. An owner
 * whose bytes were never counted has no document yet; the first count includes the texts. The version stays, so that a
 * recount ends while answers run.
 */
const countStored = async (
  storage: Collections['storage'],
  appends: readonly ContentAppend[],
): Promise<void> => {
  if (appends.length === 0) return;
  const operations = appends.map(({ ownerId, delta }) => ({
    updateOne: {
      filter: { _id: ownerId },
      update: { $inc: { bytes: Buffer.byteLength(delta) } },
    },
  }));
  // If this fails, a later recount repairs the count.
  await storage.bulkWrite(operations, { ordered: false }).catch(() => {});
};

/** Returns the filter for a message of the author's generation that no higher attempt has fenced. */
export const unfenced = (
  ownerId: string,
  id: string,
  { generationId, attempt }: ContentAuthor,
): Filter<MessageDocument> => ({
  _id: id,
  ownerId,
  generationId,
  $or: [{ attempt: { $exists: false } }, { attempt: { $lte: attempt } }],
});

/** Computes the terms of a message if they are older than its content. Resolves to whether they were. */
export const indexMessage = async (collections: Collections, id: string): Promise<boolean> => {
  const message = await collections.messages.findOne(
    { _id: id, unindexed: { $exists: true } },
    { projection: { content: 1, tail: 1, bytes: 1, unindexed: 1 } },
  );
  if (!message?.unindexed) return false;
  await writeTerms(collections, id, contentOf(message), message.unindexed);
  return true;
};

/** Indexes the pending messages of ended generations. Resolves to their number. */
export const indexPendingMessages = async (collections: Collections): Promise<number> => {
  const pending = collections.messages.find(
    { unindexed: { $exists: true } },
    { projection: { generationId: 1 } },
  );
  let indexed = 0;
  for await (const { _id, generationId } of pending) {
    if (await isBeingGenerated(collections, generationId)) continue;
    if (await indexMessage(collections, _id)) indexed += 1;
  }
  return indexed;
};

const isBeingGenerated = async ({ generations }: Collections, id: string | null): Promise<boolean> => {
  if (id === null) return false;
  const unfinished = { _id: id, status: { $in: ['QUEUED' as const, 'RUNNING' as const] } };
  return (await generations.findOne(unfinished, { projection: { _id: 1 } })) !== null;
};

/** Also joins the content. Does nothing if it has changed since: the writer of the new content computes its terms. */
const writeTerms = async (
  { messages }: Collections,
  id: string,
  content: string,
  unindexed: ObjectId,
): Promise<void> => {
  await messages.updateOne(
    { _id: id, unindexed },
    { $set: { terms: indexedTerms(content), content }, $unset: { unindexed: '', tail: '', bytes: '' } },
  );
};
