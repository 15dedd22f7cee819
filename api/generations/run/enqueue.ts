import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isUnavailable } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { createBackoff } from '../../process/backoff.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import { jobOf } from '../queue/jobOf.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { endEntryIfFinal } from './end.ts';

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
  generation: Generation,
): Promise<void> => {
  const { id, ownerId, messageId, attempt, thinking } = generation;
  const author = { generationId: id, attempt };
  const message = messageId === null ? null : await messages.fence(ownerId, messageId, author);
  if (messageId !== null && !message) return;
  const text = message?.content ?? '';
  await journal.begin(id, { attempt, status: 'QUEUED', text, thinking: thinking ?? '' });
  await queue.add(jobOf(generation));
};

export interface EnqueueLaterDeps extends EnqueueDeps {
  readonly generations: GenerationStore;
  readonly enqueueRetries: EnqueueRetries;
  readonly log: Logger;
}

/** The enqueueing that is retried in the background. */
export interface EnqueueRetries {
  /** Aborted when the process stops: then each retry does its last step. */
  readonly stopping: AbortSignal;
  track(retry: Promise<void>): void;
  /**
   * Ends the retries, and leaves their generations to the recovery of other replicas, or of the next start. Waits for the
   * last steps, up to `closeMs`.
   */
  close(): Promise<void>;
}

const closeMs = 2000;

export const createEnqueueRetries = (): EnqueueRetries => {
  const stopped = new AbortController();
  const retries = new Set<Promise<void>>();
  return {
    stopping: stopped.signal,
    track(retry) {
      const tracked = retry.finally(() => retries.delete(tracked));
      retries.add(tracked);
    },
    async close() {
      stopped.abort();
      const finished = new AbortController();
      const { signal } = finished;
      const limit = sleep(closeMs, undefined, { signal, ref: false }).catch(() => {});
      await Promise.race([Promise.all(retries), limit]);
      finished.abort();
    },
  };
};

/** The time for which enqueueing is retried before it is left to recovery, and the pauses between two tries, in ms. */
const retryMs = 60_000;
const pauses = { minMs: 100, maxMs: 1000 };

/** Enqueues a generation now, or in the background as soon as Redis is back: once it is stored, it counts as started. */
export const enqueueNowOrLater = async (deps: EnqueueLaterDeps, generation: Generation): Promise<void> => {
  try {
    await enqueue(deps, generation);
  } catch (error) {
    enqueueAfterOutage(deps, generation, error);
  }
};

/**
 * Enqueues in the background, as soon as Redis is back, a generation that an outage of Redis kept out of the queue.
 * Without this, recovery would do so up to a minute later. Throws `cause` if it isn't an outage.
 */
export const enqueueAfterOutage = (deps: EnqueueLaterDeps, { id }: Generation, cause: unknown): void => {
  if (!isUnavailable(cause)) throw cause;
  deps.log.warn({ generation: id, err: cause }, 'generation stored but not queued, retrying');
  deps.enqueueRetries.track(retryEnqueue(deps, id));
};

/**
 * Does nothing if a worker has begun the generation. If it is final or deleted, no worker ends the journal entry that the
 * failed try may have begun, so this does, even if the process stops. Never rejects.
 */
const retryEnqueue = async (deps: EnqueueLaterDeps, id: string): Promise<void> => {
  const { stopping } = deps.enqueueRetries;
  const giveUpAt = performance.now() + retryMs;
  const pause = createBackoff({ ...pauses, signal: stopping, ref: false });
  while (performance.now() < giveUpAt) {
    await pause().catch(() => {});
    const isLast = stopping.aborted;
    try {
      if (!isLast) await deps.queue.check();
      const generation = await endEntryIfFinal(deps, id);
      if (isLast || generation?.status !== 'QUEUED') return;
      await enqueue(deps, generation);
      deps.log.info({ generation: id }, 'generation queued after an outage of Redis');
      return;
    } catch (error) {
      if (isUnavailable(error) && !isLast) continue;
      deps.log.error(
        { generation: id, err: error },
        'generation not queued after an outage of Redis; recovery requeues it',
      );
      return;
    }
  }
};
