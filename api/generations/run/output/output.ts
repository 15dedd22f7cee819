import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Generation } from '../../generation.ts';
import type { Journal } from '../../journal/journal.ts';
import type { GenerationStore } from '../../store/store.ts';
import type { Saver } from './autosave.ts';
import { createFlusher, type Piece } from './flush.ts';
import { TakenOver } from './takenOver.ts';

/** How long the journal may be unavailable in mid-answer, and the longest pause between two tries, in milliseconds. */
const patienceMs = 60_000;
const maxWaitMs = 1000;

/** Writes a running generation's pieces to the journal, in flushes, and passes them to the saver. */
export interface Writer {
  /** Waits where the journal is slow. Throws `TakenOver`. */
  add(piece: Piece): Promise<void>;
  /** Waits until all is in the journal. Throws `TakenOver`. */
  finish(): Promise<void>;
  /** All that has been written, what was kept included. */
  readonly written: Piece;
}

export const createWriter = (
  deps: {
    readonly generations: GenerationStore;
    readonly journal: Journal;
    readonly log: Logger;
    readonly flushMs: number;
  },
  { id, attempt }: Generation,
  kept: Piece,
  saver: Saver,
): Writer => {
  const { journal, log } = deps;
  let written = kept;

  const flush = async (piece: Piece) => {
    const delta = {
      attempt,
      offset: written.text.length,
      delta: piece.text,
      thinkingOffset: written.thinking.length,
      thinkingDelta: piece.thinking,
    };
    // Also where the journal fails in the end: readers may have it, and the store is to have what was made.
    written = { text: written.text + piece.text, thinking: written.thinking + piece.thinking };
    const giveUpAt = performance.now() + patienceMs;
    for (let wait = 20; ; wait = Math.min(wait * 2, maxWaitMs)) {
      try {
        if ((await journal.append(id, delta)) === 'appended') break;
        // Either another worker has the generation, or it has ended, or the journal lost something when it restarted:
        // then it gets all of the text again, and its readers read again.
        if (!(await deps.generations.transition(id, ['RUNNING'], {}, attempt))) throw new TakenOver();
        const blocked = await journal.restore(id, { attempt, status: 'RUNNING', ...written });
        if (blocked === null) break;
        throw new Error(`the journal has attempt ${blocked}, and the store attempt ${attempt}`);
      } catch (error) {
        if (error instanceof TakenOver || performance.now() > giveUpAt) throw error;
        log.warn({ generation: id, err: error }, 'generation: journal not written, retrying');
        await sleep(wait * (0.5 + Math.random() / 2));
      }
    }
    saver.save(written);
  };

  const flusher = createFlusher(deps.flushMs, flush);
  return {
    add: (piece) => flusher.add(piece),
    finish: () => flusher.finish(),
    get written() {
      return written;
    },
  };
};
