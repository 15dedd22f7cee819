import { type Filter, ObjectId } from 'mongodb';
import type { Collections } from '../mongo/collections.ts';
import { indexedTerms } from '../search/terms.mongo.ts';
import type { MessageDocument } from './documents.mongo.ts';
import type { ContentAuthor } from './message.ts';

/**
 * While a generation fills a message, the message is saved about once a second, and its terms would be made anew each
 * time. So they wait for the generation's end. Its last text and its end may be written in either order and at once:
 * each first writes and then reads what the other writes, so that the later of the two makes the terms. What a crash
 * leaves unindexed, the next start indexes.
 */

/** Replaces the content, unless a higher attempt has fenced it. Returns whether it did. */
export const setContent = async (
  collections: Collections,
  ownerId: string,
  id: string,
  author: ContentAuthor,
  content: string,
): Promise<boolean> => {
  const unindexed = new ObjectId();
  const { matchedCount } = await collections.messages.updateOne(unfenced(ownerId, id, author), {
    $set: { content, unindexed, attempt: author.attempt },
  });
  if (matchedCount === 0) return false;
  if (!(await isBeingFilled(collections, author.generationId))) {
    await writeTerms(collections, id, content, unindexed);
  }
  return true;
};

/** The message of the author's generation, unless a higher attempt has fenced it. */
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

/** Makes the terms of a message, where they are older than its content. True where they were. */
export const indexMessage = async (collections: Collections, id: string): Promise<boolean> => {
  const message = await collections.messages.findOne(
    { _id: id, unindexed: { $exists: true } },
    { projection: { content: 1, unindexed: 1 } },
  );
  if (!message?.unindexed) return false;
  await writeTerms(collections, id, message.content, message.unindexed);
  return true;
};

/** Indexes what no generation is filling any more. Returns how many those were. */
export const indexLeftMessages = async (collections: Collections): Promise<number> => {
  const left = collections.messages.find(
    { unindexed: { $exists: true } },
    { projection: { generationId: 1 } },
  );
  let indexed = 0;
  for await (const { _id, generationId } of left) {
    if (await isBeingFilled(collections, generationId)) continue;
    if (await indexMessage(collections, _id)) indexed += 1;
  }
  return indexed;
};

const isBeingFilled = async ({ generations }: Collections, id: string | null): Promise<boolean> => {
  if (id === null) return false;
  const unfinished = { _id: id, status: { $in: ['QUEUED' as const, 'RUNNING' as const] } };
  return (await generations.findOne(unfinished, { projection: { _id: 1 } })) !== null;
};

/** Does nothing where the content is another by now: whoever wrote that sees to its terms. */
const writeTerms = async (
  { messages }: Collections,
  id: string,
  content: string,
  unindexed: ObjectId,
): Promise<void> => {
  await messages.updateOne(
    { _id: id, unindexed },
    { $set: { terms: indexedTerms(content) }, $unset: { unindexed: '' } },
  );
};
