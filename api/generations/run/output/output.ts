import type { Logger } from 'pino';
import { createBackoff } from '../../../process/backoff.ts';
import type { AnswerText, Output } from '../../answerSource.ts';
import type { Generation } from '../../generation.ts';
import type { AppendOutcome, Journal, JournalDelta } from '../../journal/journal.ts';
import type { GenerationStore } from '../../store/store.ts';
import { type Autosave, Superseded } from './autosave.ts';
import { createFlushBuffer } from './flush.ts';

export interface OutputDeps {
  readonly generations: GenerationStore;
  readonly journal: Journal;
  readonly log: Logger;
  readonly flushMs: number;
}

/** The time for which a failed journal write is retried, and the pauses between two tries, in ms. */
const retryMs = 60_000;
const pauses = { minMs: 20, maxMs: 1000 };

/** The outcome of an append, or its error. */
type AppendResult = { readonly outcome: AppendOutcome | null; readonly error?: unknown };

/**
 * Creates the output of a running generation: writes its chunks to the journal in flushes, and passes the text on to
 * `autosave`. `initial` is the text of earlier attempts.
 */
export const createOutput = (
  { generations, journal, log, flushMs }: OutputDeps,
  { id, attempt }: Generation,
  initial: AnswerText,
  autosave: Pick<Autosave, 'schedule'>,
): Output => {
  let written: AnswerText = initial;

  /** Appends what has failed once, until it succeeds or the time is up. */
  const appendWithRetries = async (delta: JournalDelta, first: AppendResult): Promise<void> => {
    const giveUpAt = performance.now() + retryMs;
    const pause = createBackoff(pauses);
    for (let result = first; ; result = await append(delta)) {
      try {
        if (result.error !== undefined) throw result.error;
        if (result.outcome === 'appended') return;
        // Either another worker has the generation, or it has ended, or the journal lost text in a restart. In the last
        // case the journal gets all of the text again, and the readers read again.
        if (!(await generations.transition(id, ['RUNNING'], {}, attempt))) throw new Superseded();
        const blocked = await journal.restore(id, { attempt, status: 'RUNNING', ...written });
        if (blocked === null) return;
        throw new Error(`the journal has attempt ${blocked}, and the store attempt ${attempt}`);
      } catch (error) {
        if (error instanceof Superseded || performance.now() > giveUpAt) throw error;
        log.warn({ generation: id, err: error }, 'generation: journal not written, retrying');
        await pause();
      }
    }
  };

  const append = async (delta: JournalDelta): Promise<AppendResult> => {
    try {
      return { outcome: await journal.append(id, delta) };
    } catch (error) {
      return { outcome: null, error };
    }
  };

  const flush = async (chunk: AnswerText) => {
    const delta = {
      attempt,
      offset: written.text.length,
      delta: chunk.text,
      thinkingOffset: written.thinking.length,
      thinkingDelta: chunk.thinking,
    };
    // Set before the append: if the journal fails for good, readers may have the chunk, and the store needs it.
    written = { text: written.text + chunk.text, thinking: written.thinking + chunk.thinking };
    const first = await append(delta);
    if (first.outcome !== 'appended') await appendWithRetries(delta, first);
    autosave.schedule(written);
  };

  const buffer = createFlushBuffer(flushMs, flush);
  return {
    add: (chunk) => buffer.add(chunk),
    addNow: (chunk) => buffer.addNow(chunk),
    get hasRoom() {
      return buffer.hasRoom;
    },
    finish: () => buffer.finish(),
    get written() {
      return written;
    },
  };
};
