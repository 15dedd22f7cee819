import type { Logger } from 'pino';
import { conversationChanged } from '../../conversations/topics.ts';
import { isUnavailable } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { createBackoff } from '../../process/backoff.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import { type Generation, type GenerationPatch, isFinal } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import { jobOf } from '../queue/jobOf.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { fencePreviousText } from './previousText.ts';

/** The maximum time to retry a step after the end of a generation, and the pauses between two tries, in ms. */
const retryMs = 60_000;
const pauses = { minMs: 100, maxMs: 1000 };

/**
 * Runs a step that follows the end of a generation, and retries it for `retryMs`: the end is stored, so no other worker
 * would run the step. Never rejects.
 */
const retryStep = async (
  log: Logger,
  id: string,
  step: () => Promise<unknown>,
  { ref = true } = {},
): Promise<void> => {
  const giveUpAt = performance.now() + retryMs;
  const pause = createBackoff({ ...pauses, ref });
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      const isLast = performance.now() > giveUpAt;
      const message = isLast
        ? 'generation: end not completed, giving up'
        : 'generation: end not completed, retrying';
      log.warn({ generation: id, err: error }, message);
      if (isLast) return;
      await pause();
    }
  }
};

/** As `retryStep`, but resolves after the first try. Retries in the background, unless the process ends. */
export const retryInBackground = (log: Logger, id: string, step: () => Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const attempt = async () => {
      try {
        await step();
      } finally {
        resolve();
      }
    };
    void retryStep(log, id, attempt, { ref: false });
  });

type Ended = Pick<Generation, 'id' | 'attempt' | 'messageId' | 'status'>;

export interface NotifyOwnerDeps {
  readonly bus: Bus;
  readonly log: Logger;
}

/** Notifies the owner's tabs, which show whether a conversation is being answered. Never rejects. */
export const notifyOwner = async (
  deps: NotifyOwnerDeps,
  { ownerId, conversationId }: Pick<Generation, 'ownerId' | 'conversationId'>,
): Promise<void> => {
  if (conversationId === null) return;
  await notify(deps, conversationChanged, ownerId, { kind: 'UPDATED', conversationId, messageIds: [] });
};

interface EntryDeps {
  readonly journal: Journal;
  readonly log: Logger;
}

/** Outside of conversations only the journal has the text of a completed answer: its entry stays until it was read. */
const publishEnd = (journal: Journal, { id, attempt, messageId, status }: Ended): Promise<void> =>
  messageId === null && status === 'COMPLETED'
    ? journal.setStatus(id, attempt, 'COMPLETED')
    : journal.end(id, attempt);

/**
 * Ends the journal entry of a generation that is final in the store, which notifies its readers. Retries while the
 * journal is unavailable. Never rejects.
 */
export const endEntry = ({ journal, log }: EntryDeps, ended: Ended): Promise<void> =>
  retryStep(log, ended.id, () => publishEnd(journal, ended));

/** Ends the journal entry if the store has a final generation, or none. Otherwise returns the generation. */
export const endEntryIfFinal = async (
  deps: EntryDeps & { readonly generations: GenerationStore },
  id: string,
): Promise<Generation | null> => {
  const { generations, journal, log } = deps;
  const current = await generations.findAnyOwner(id);
  if (current && !isFinal(current.status)) return current;
  if (current) await endEntry(deps, current);
  else await retryStep(log, id, async () => journal.end(id, (await journal.read(id))?.attempt ?? 1));
  return null;
};

export interface EndDeps extends EntryDeps, NotifyOwnerDeps {
  readonly generations: GenerationStore;
  readonly queue: Queue;
}

/** Removes an ended generation from the queue, and adds it again if a further attempt was queued before that. */
const dequeue = async ({ generations, queue }: EndDeps, id: string): Promise<void> => {
  await queue.remove(id);
  const current = await generations.findAnyOwner(id);
  if (current?.status === 'QUEUED') await queue.add(jobOf(current));
};

/**
 * Completes the end of a generation that is final in the store and has no worker: removes it from the queue, and notifies
 * its readers and its owner. The steps run side by side; the first two are retried while the queue or the journal is
 * unavailable. The caller waits for the first tries only. Never rejects.
 */
export const completeEnd = async (
  deps: EndDeps,
  ended: Ended & Pick<Generation, 'ownerId' | 'conversationId'>,
): Promise<void> => {
  const { journal, log } = deps;
  const { id } = ended;
  await Promise.all([
    retryInBackground(log, id, () => dequeue(deps, id)),
    retryInBackground(log, id, () => publishEnd(journal, ended)),
    notifyOwner(deps, ended),
  ]);
};

export interface EndWithoutWorkerDeps extends EndDeps {
  readonly messages: MessageStore;
}

/**
 * Ends a running generation whose worker is dead or stuck, and keeps its text. Takes it over with the next attempt first,
 * so the worker's late writes have no effect. Null if another writer was faster.
 */
export const endWithoutWorker = async (
  deps: EndWithoutWorkerDeps,
  generation: Generation,
  patch: GenerationPatch,
): Promise<Generation | null> => {
  const { generations, messages, journal } = deps;
  const { id, ownerId, messageId } = generation;
  const attempt = generation.attempt + 1;
  const claimed = await generations.transition(id, ['RUNNING'], { attempt }, generation.attempt);
  if (!claimed) return null;
  const entry = await journal.read(id).catch((error: unknown) => {
    if (isUnavailable(error)) return null;
    throw error;
  });
  const previous = await fencePreviousText(deps, claimed, entry);
  if (!previous) return null;
  const { text, stored } = previous;
  if (messageId !== null && text !== stored) {
    await messages.setContent(ownerId, messageId, { generationId: id, attempt }, text);
  }
  const thinking = previous.thinking === '' || messageId === null ? null : previous.thinking;
  const ended = await generations.transition(id, ['RUNNING'], { ...patch, thinking }, attempt);
  if (!ended) return null;
  await completeEnd(deps, ended);
  return ended;
};
