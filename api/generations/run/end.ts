import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isUnavailable } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { type Generation, type GenerationPatch, isFinal } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { takeText } from './previousText.ts';

export interface EndingDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly log: Logger;
}

/** How long a step that follows an end is tried, and the pauses between two tries, in milliseconds. */
const patienceMs = 60_000;
const [minPauseMs, maxPauseMs] = [100, 1000];

/**
 * Repeats a step that follows the end of a generation until it succeeds or the time is over: the end is stored, so
 * nobody else would do it. Never rejects.
 */
const persist = async (
  log: Logger,
  id: string,
  step: () => Promise<unknown>,
  { ref = true } = {},
): Promise<void> => {
  const giveUpAt = performance.now() + patienceMs;
  for (let pauseMs = minPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    try {
      await step();
      return;
    } catch (error) {
      const isLast = performance.now() > giveUpAt;
      const message = isLast
        ? 'end of a generation not completed'
        : 'end of a generation not completed, retrying';
      log.warn({ generation: id, err: error }, message);
      if (isLast) return;
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { ref });
    }
  }
};

/** As `persist`, but resolves after the first try: the others are made in the background, unless the process ends. */
const persistInBackground = (log: Logger, id: string, step: () => Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const attempt = async () => {
      try {
        await step();
      } finally {
        resolve();
      }
    };
    void persist(log, id, attempt, { ref: false });
  });

type Ended = Pick<Generation, 'id' | 'attempt' | 'messageId' | 'status'>;

/**
 * Outside of conversations only the journal has a completed answer's text: it stays there until its reader has it.
 */
const tellEnd = (journal: Journal, { id, attempt, messageId, status }: Ended): Promise<void> =>
  messageId === null && status === 'COMPLETED'
    ? journal.setStatus(id, attempt, 'COMPLETED')
    : journal.end(id, attempt);

/**
 * Notifies the readers of a generation that is final in the store. Retries while the journal is unavailable. Never
 * rejects.
 */
export const endEntry = (
  { journal, log }: Pick<EndingDeps, 'journal' | 'log'>,
  ended: Ended,
): Promise<void> => persist(log, ended.id, () => tellEnd(journal, ended));

/** Ends the journal's entry where the store has a final generation, or none. Returns the one that is not final, if any. */
export const endIfFinal = async (
  deps: Pick<EndingDeps, 'generations' | 'journal' | 'log'>,
  id: string,
): Promise<Generation | null> => {
  const { generations, journal, log } = deps;
  const left = await generations.findAnyOwner(id);
  if (left && !isFinal(left.status)) return left;
  if (left) await endEntry(deps, left);
  else await persist(log, id, async () => journal.end(id, (await journal.read(id))?.attempt ?? 1));
  return null;
};

/** Removes an ended generation from the queue, and puts it back where a further attempt was queued meanwhile. */
const leaveQueue = async (
  { generations, queue }: Pick<EndingDeps, 'generations' | 'queue'>,
  id: string,
): Promise<void> => {
  await queue.remove(id);
  const now = await generations.findAnyOwner(id);
  if (now?.status === 'QUEUED') await queue.add({ id, ownerId: now.ownerId });
};

/**
 * Completes the end of a generation that is final in the store and has no worker: takes it from the queue, and notifies
 * its readers. Neither step waits for the other, and each is retried while the queue or the journal is unavailable; the
 * caller waits for the first tries alone. Never rejects.
 */
export const completeEnd = async (
  deps: Pick<EndingDeps, 'generations' | 'journal' | 'queue' | 'log'>,
  ended: Ended,
): Promise<void> => {
  const { journal, log } = deps;
  const { id } = ended;
  await Promise.all([
    persistInBackground(log, id, () => leaveQueue(deps, id)),
    persistInBackground(log, id, () => tellEnd(journal, ended)),
  ]);
};

/** Removes the entry of an answer whose only reader has all of it, or has left. Retries as `completeEnd` does. */
export const dropEntry = (
  { journal, log }: Pick<EndingDeps, 'journal' | 'log'>,
  { id, attempt }: Pick<Generation, 'id' | 'attempt'>,
): Promise<void> => persistInBackground(log, id, () => journal.end(id, attempt));

/**
 * Ends a running generation whose worker is dead or stuck, and keeps its text. Takes it over with the next attempt
 * first, so that nothing the worker still writes has an effect. Null where another did something to it meanwhile.
 */
export const endWithoutWorker = async (
  deps: EndingDeps,
  generation: Generation,
  patch: GenerationPatch,
): Promise<Generation | null> => {
  const { generations, messages, journal } = deps;
  const { id, ownerId, messageId } = generation;
  const attempt = generation.attempt + 1;
  const taken = await generations.transition(id, ['RUNNING'], { attempt }, generation.attempt);
  if (!taken) return null;
  const entry = await journal.read(id).catch((error: unknown) => {
    if (isUnavailable(error)) return null;
    throw error;
  });
  const kept = await takeText(deps, taken, entry);
  if (!kept) return null;
  const { text, thinking, stored } = kept;
  if (messageId !== null && text !== stored) {
    await messages.setContent(ownerId, messageId, { generationId: id, attempt }, text);
  }
  const thought = thinking === '' || messageId === null ? null : thinking;
  const ended = await generations.transition(id, ['RUNNING'], { ...patch, thinking: thought }, attempt);
  if (!ended) return null;
  await completeEnd(deps, ended);
  return ended;
};
