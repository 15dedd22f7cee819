import type { Logger } from 'pino';
import type { Engine } from '../../engine/engine.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Generation, GenerationPatch } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { IsHeld, Job } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { endEntryIfFinal } from './end.ts';
import { fencePreviousText, type PreviousText } from './previousText.ts';

export interface ClaimDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly engine: Pick<Engine, 'models'>;
  readonly journal: Journal;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** What one run owns. A run that is repeated after a failure keeps the same object. */
export interface Ownership {
  /**
   * The attempt that this run began last, or the attempt of the dead worker it replaces. Null until it knows one. Any other
   * attempt belongs to another worker, which may be healthy.
   */
  attempt: number | null;
  /**
   * The start times, in ms since 1970, and the attempts of claims that failed. The store may have applied one of them: only its
   * reply was lost.
   */
  readonly unanswered: { readonly starts: Set<number>; readonly attempts: Set<number> };
  /** Returns whether this worker still has the queue's lock on the job. */
  readonly isHeld: IsHeld;
}

/** Creates the ownership of a run. The default `isHeld` is for queues that give a job to no other worker while it runs. */
export const createOwnership = (isHeld: IsHeld = async () => true): Ownership => ({
  attempt: null,
  unanswered: { starts: new Set(), attempts: new Set() },
  isHeld,
});

/**
 * Claims a job's generation for this worker and marks it `RUNNING`. A generation that a dead worker left running is taken
 * over with the next attempt, so the dead worker's late writes have no effect. So is one that this run claimed itself in an earlier
 * try whose reply from the store was lost: otherwise the run would drop the job, and the answer would wait for recovery. Returns
 * null if the generation has ended, belongs to another worker, or the lock on the job is lost.
 */
export const claim = async (
  deps: ClaimDeps,
  { id, takeover }: Job,
  ownership: Ownership = createOwnership(),
): Promise<Generation | null> => {
  const { generations } = deps;
  const startedAt = deps.clock();
  const queued = await generations
    .transition(id, ['QUEUED'], { status: 'RUNNING', startedAt })
    .catch((error: unknown) => {
      ownership.unanswered.starts.add(startedAt.getTime());
      throw error;
    });
  if (queued) {
    ownership.attempt = queued.attempt;
    return queued;
  }
  const current = await endEntryIfFinal(deps, id);
  if (current?.status !== 'RUNNING') return null;
  const { attempt } = current;
  const { starts, attempts } = ownership.unanswered;
  const isOwn = starts.has(current.startedAt?.getTime() ?? Number.NaN) || attempts.has(attempt);
  if (isOwn || (takeover && ownership.attempt === null)) {
    // Checked after the row was read: while this worker has the lock, the attempt can't belong to a later worker.
    if (!(await ownership.isHeld())) return null;
    ownership.attempt = attempt;
  }
  if (attempt !== ownership.attempt) return null;
  const claimed = await generations
    .transition(id, ['RUNNING'], { attempt: attempt + 1 }, attempt)
    .catch((error: unknown) => {
      ownership.unanswered.attempts.add(attempt + 1);
      throw error;
    });
  if (claimed) ownership.attempt = claimed.attempt;
  return claimed;
};

/** A claimed generation whose journal entry this worker has begun. */
export interface BegunEntry {
  /** Has the attempt to write with. */
  readonly generation: Generation;
  /** The text that the answer continues. */
  readonly previous: PreviousText;
}

/** The maximum number of times that an entry is begun, each time with a higher attempt, before the run fails. */
const maxBegins = 5;

/**
 * Begins the journal entry of a claimed generation with the text that the answer continues: all that earlier attempts
 * made. If engine or model can't continue a text, the answer starts again, with the next attempt because readers may have
 * the old text. Returns null if another worker has the generation, or if it has ended or was deleted.
 */
export const beginEntry = async (
  deps: ClaimDeps,
  claimed: Generation,
  ownership: Ownership = createOwnership(),
): Promise<BegunEntry | null> => {
  const { generations, messages, journal } = deps;
  const { id, ownerId, messageId } = claimed;
  let generation = claimed;

  /** Raises the attempt. Returns false if the generation no longer runs at this attempt. */
  const raise = async (attempt: number, patch: GenerationPatch = {}): Promise<boolean> => {
    const raised = await generations.transition(id, ['RUNNING'], { ...patch, attempt }, generation.attempt);
    if (!raised) return false;
    generation = raised;
    ownership.attempt = raised.attempt;
    return true;
  };
  const author = () => ({ generationId: id, attempt: generation.attempt });

  // A first attempt has neither text before it nor a worker to fence out.
  let previous: PreviousText | null =
    claimed.attempt === 1
      ? { text: '', thinking: '', stored: '' }
      : await fencePreviousText(deps, generation, await journal.read(id));
  if (!previous) return null;
  const hasText = previous.text !== '' || previous.thinking !== '';
  if (hasText && !(previous.text !== '' && (await canContinue(deps, generation.model)))) {
    if (!(await raise(generation.attempt + 1, { thinking: null }))) return null;
    if (messageId !== null) await messages.setContent(ownerId, messageId, author(), '');
    previous = { text: '', thinking: '', stored: '' };
  }
  const { text, thinking } = previous;
  for (let begins = 1; begins <= maxBegins; begins += 1) {
    const { attempt } = generation;
    const blocked = await journal.begin(id, { attempt, status: 'RUNNING', text, thinking });
    if (blocked === null) return { generation, previous };
    // Another worker has it, or the journal knows a higher attempt than the store: of a deleted generation with the same
    // id, or from before the store was restored from a backup.
    if (!(await raise(blocked + 1))) return null;
    if (messageId !== null) await messages.fence(ownerId, messageId, author());
  }
  throw new Error(`the journal rejected generation ${id} ${maxBegins} times: it has a higher attempt`);
};

/** True if the engine is unavailable: `generate` will report that, and the text must not be dropped for it. */
const canContinue = async ({ engine }: ClaimDeps, name: string): Promise<boolean> => {
  const models = await engine.models().catch(() => null);
  return models?.find((model) => model.name === name)?.canContinue ?? models === null;
};
