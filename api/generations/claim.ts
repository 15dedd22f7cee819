import type { Engine } from '../engine/engine.ts';
import type { MessageStore } from '../messages/store.ts';
import { type Generation, isFinal } from './generation.ts';
import type { Journal } from './journal.ts';
import type { Job } from './queue.ts';
import type { GenerationStore } from './store.ts';
import { storedText } from './storedText.ts';

export interface ClaimDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: () => Date;
}

/**
 * Makes a job's generation this worker's: `RUNNING`, and nobody else's. One that a dead worker left running is taken
 * over with the next attempt, so that whatever the dead one still sends is refused. Null where there is nothing to run.
 */
export const claim = async (deps: ClaimDeps, { id, takeover }: Job): Promise<Generation | null> => {
  const { generations } = deps;
  const startedAt = deps.clock();
  const queued = await generations.transition(id, ['QUEUED'], { status: 'RUNNING', startedAt });
  if (queued) return queued;
  const left = await generations.findAnyOwner(id);
  // Cancelled meanwhile, or run already: nobody may be left waiting on it.
  if (!left || isFinal(left.status)) await deps.journal.end(id);
  else if (takeover)
    return generations.transition(id, ['RUNNING'], { attempt: left.attempt + 1 }, left.attempt);
  return null;
};

/** What there is of a claimed generation's answer already. */
export interface Kept {
  /** What the answer goes on from: all that an earlier attempt made, or nothing where engine or model can't go on. */
  readonly text: string;
  readonly thinking: string;
  /** What the store has. */
  readonly stored: string;
}

/** Looks in the journal first: it has what was made since the store was last told. */
export const keptOf = async (deps: ClaimDeps, generation: Generation): Promise<Kept> => {
  const { id, model: name } = generation;
  const stored = await storedText(generation, (owner, message) => deps.messages.find(owner, message));
  const entry = generation.attempt > 1 ? await deps.journal.read(id) : null;
  const text = entry?.text ?? stored;
  if (text === '') return { text, thinking: '', stored };
  // An engine that is away says so once it is asked to generate; the text must not be given up for that.
  const models = await deps.engine.models().catch(() => null);
  const canContinue = models?.find((model) => model.name === name)?.canContinue ?? models === null;
  if (!canContinue) return { text: '', thinking: '', stored };
  return { text, thinking: entry?.thinking ?? generation.thinking ?? '', stored };
};
