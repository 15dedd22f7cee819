import type { MessageStore } from '../messages/store.ts';
import { isAway } from '../realtime/patiently.ts';
import { type Generation, type GenerationPatch, isFinal } from './generation.ts';
import type { Journal } from './journal.ts';
import { takeText } from './kept.ts';
import type { Queue } from './queue.ts';
import type { GenerationStore } from './store.ts';

export interface EndingDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
}

/**
 * Notifies the readers of a generation that is final in the store. Outside of conversations only the journal has a
 * completed answer's text: it stays there until its reader has it.
 */
export const endEntry = (
  journal: Journal,
  { id, attempt, messageId, status }: Pick<Generation, 'id' | 'attempt' | 'messageId' | 'status'>,
): Promise<void> =>
  messageId === null && status === 'COMPLETED'
    ? journal.setStatus(id, attempt, 'COMPLETED')
    : journal.end(id, attempt);

/** Ends the journal's entry where the store has a final generation, or none. Returns the one that is not final, if any. */
export const endIfFinal = async (
  { generations, journal }: Pick<EndingDeps, 'generations' | 'journal'>,
  id: string,
): Promise<Generation | null> => {
  const left = await generations.findAnyOwner(id);
  if (left && !isFinal(left.status)) return left;
  if (left) await endEntry(journal, left);
  else await journal.end(id, (await journal.read(id))?.attempt ?? 1);
  return null;
};

/** Removes an ended generation from the queue, and puts it back where a further attempt was queued meanwhile. */
export const leaveQueue = async (
  { generations, queue }: Pick<EndingDeps, 'generations' | 'queue'>,
  id: string,
): Promise<void> => {
  await queue.remove(id);
  const now = await generations.findAnyOwner(id);
  if (now?.status === 'QUEUED') await queue.add({ id, ownerId: now.ownerId });
};

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
    if (isAway(error)) return null;
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
  await leaveQueue(deps, id);
  await endEntry(journal, ended);
  return ended;
};
