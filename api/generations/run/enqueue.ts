import type { Logger } from 'pino';
import { isUnavailable } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { createBackoff } from '../../process/backoff.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';

export interface EnqueueDeps {
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
}

/**
 * Adds a generation that is `QUEUED` in the store to the queue, and begins its journal entry with the stored text. Fences
 * lower attempts out of that text. Does nothing if a higher attempt has already begun.
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

export interface EnqueueLaterDeps extends EnqueueDeps {
  readonly generations: GenerationStore;
  readonly log: Logger;
}

/** The time for which enqueueing is retried before it is left to recovery, and the pauses between two tries, in ms. */
const retryMs = 60_000;
const pauses = { minMs: 100, maxMs: 1000 };

/**
 * Enqueues a generation that was stored during an outage of Redis, as soon as Redis is back. Without
 * this, recovery would do so up to a minute later. Does nothing if a worker has begun it. Never rejects.
 */
export const enqueueAfterOutage = async (deps: EnqueueLaterDeps, { id }: Generation): Promise<void> => {
  const giveUpAt = performance.now() + retryMs;
  const pause = createBackoff({ ...pauses, ref: false });
  while (performance.now() < giveUpAt) {
    await pause();
    try {
      await deps.queue.check();
      const generation = await deps.generations.findAnyOwner(id);
      if (generation?.status !== 'QUEUED') return;
      await enqueue(deps, generation);
      deps.log.info({ generation: id }, 'generation queued after an outage of Redis');
      return;
    } catch (error) {
      if (isUnavailable(error)) continue;
      deps.log.error(
        { generation: id, err: error },
        'generation not queued after an outage of Redis; recovery requeues it',
      );
      return;
    }
  }
};
