import type { Logger } from 'pino';
import type { Engine } from '../../engine/engine.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Generation, GenerationPatch } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { IsHeld, Job } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { endIfFinal } from './end.ts';
import { type Kept, takeText } from './previousText.ts';

export interface ClaimDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly engine: Pick<Engine, 'models'>;
  readonly journal: Journal;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** What one run may take over. It stays the same object when the run is repeated after a failure. */
export interface Tenure {
  /**
   * The attempt that this run made last, or that of the dead worker which it replaces. Null until it knows one. Any other
   * attempt belongs to another worker, which may be healthy.
   */
  attempt: number | null;
  /** Whether the queue still has the job as this worker's. */
  readonly isHeld: IsHeld;
}

/** A tenure of a job that no other worker can be given meanwhile. */
export const createTenure = (isHeld: IsHeld = async () => true): Tenure => ({ attempt: null, isHeld });

/**
 * Claims a job's generation for this worker and marks it `RUNNING`. One that a dead worker left running is taken over
 * with the next attempt, so that nothing the dead one still writes has an effect. Null where there is nothing to run.
 */
export const claim = async (
  deps: ClaimDeps,
  { id, takeover }: Job,
  tenure: Tenure = createTenure(),
): Promise<Generation | null> => {
  const { generations } = deps;
  const startedAt = deps.clock();
  const queued = await generations.transition(id, ['QUEUED'], { status: 'RUNNING', startedAt });
  if (queued) {
    tenure.attempt = queued.attempt;
    return queued;
  }
  const left = await endIfFinal(deps, id);
  if (left?.status !== 'RUNNING') return null;
  if (takeover && tenure.attempt === null) {
    // Asked after the row was read: while this worker has the lock, that attempt can't be of a worker that came later.
    if (!(await tenure.isHeld())) return null;
    tenure.attempt = left.attempt;
  }
  if (left.attempt !== tenure.attempt) return null;
  const taken = await generations.transition(id, ['RUNNING'], { attempt: left.attempt + 1 }, left.attempt);
  if (taken) tenure.attempt = taken.attempt;
  return taken;
};

/** A claimed generation whose journal entry this worker has begun. */
export interface Begun {
  /** Its attempt is the one to write with. */
  readonly generation: Generation;
  /** What the answer goes on from. */
  readonly kept: Kept;
}

/** How many times an entry is begun, each time with a higher attempt, before the run fails. */
const maxBegins = 5;

/**
 * Begins the journal's entry of a claimed generation with the text that its answer goes on from: all that earlier
 * attempts made, or none where engine or model can't go on. Then readers may have text that doesn't follow, so the
 * attempt goes up. Null where a higher attempt has the generation.
 */
export const begin = async (
  deps: ClaimDeps,
  claimed: Generation,
  tenure: Tenure = createTenure(),
): Promise<Begun | null> => {
  const { generations, messages, journal } = deps;
  const { id, ownerId, messageId } = claimed;
  let generation = claimed;

  /** False where another has it. */
  const raise = async (attempt: number, patch: GenerationPatch = {}): Promise<boolean> => {
    const raised = await generations.transition(id, ['RUNNING'], { ...patch, attempt }, generation.attempt);
    if (!raised) return false;
    generation = raised;
    tenure.attempt = raised.attempt;
    return true;
  };
  const author = () => ({ generationId: id, attempt: generation.attempt });

  let kept = await takeText(deps, generation, claimed.attempt > 1 ? await journal.read(id) : null);
  if (!kept) return null;
  const isBegun = kept.text !== '' || kept.thinking !== '';
  if (isBegun && !(kept.text !== '' && (await canContinue(deps, generation.model)))) {
    if (!(await raise(generation.attempt + 1, { thinking: null }))) return null;
    if (messageId !== null) await messages.setContent(ownerId, messageId, author(), '');
    kept = { text: '', thinking: '', stored: '' };
  }
  const { text, thinking } = kept;
  for (let begins = 1; begins <= maxBegins; begins += 1) {
    const { attempt } = generation;
    const blocked = await journal.begin(id, { attempt, status: 'RUNNING', text, thinking });
    if (blocked === null) {
      await journal.setStatus(id, attempt, 'RUNNING');
      return { generation, kept };
    }
    // Another has it, or the journal remembers more than the store: a generation of the same id that was deleted, or
    // one of before the store was restored from a backup.
    if (!(await raise(blocked + 1))) return null;
    if (messageId !== null) await messages.fence(ownerId, messageId, author());
  }
  throw new Error(`the journal took no entry of generation ${id}`);
};

/** An engine that is unavailable says so once it is asked to generate; the text must not be given up for that. */
const canContinue = async ({ engine }: ClaimDeps, name: string): Promise<boolean> => {
  const models = await engine.models().catch(() => null);
  return models?.find((model) => model.name === name)?.canContinue ?? models === null;
};
