import type { MessageStore } from '../../messages/store.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';

export interface EnqueueDeps {
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
}

/**
 * Adds a generation that is `QUEUED` in the store to the queue, and begins the journal's entry with the text that is
 * stored. Lower attempts can't write to that text any more. Does nothing where a higher attempt has begun meanwhile.
 */
export const enqueue = async (
  { messages, journal, queue }: EnqueueDeps,
  { id, ownerId, messageId, attempt, thinking }: Generation,
): Promise<void> => {
  const author = { generationId: id, attempt };
  const message = messageId === null ? null : await messages.fence(ownerId, messageId, author);
  if (messageId !== null && !message) return;
  const text = message?.content ?? '';
  await journal.begin(id, { attempt, status: 'QUEUED', text, thinking: thinking ?? '' });
  await queue.add({ id, ownerId });
};
