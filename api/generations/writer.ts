import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createFlusher, type Piece } from './flusher.ts';
import type { Generation } from './generation.ts';
import type { Journal } from './journal.ts';
import type { Saver } from './saver.ts';
import type { GenerationStore } from './store.ts';

/** Somebody else runs this generation now: what this worker still has of it is worth nothing. */
export class TakenOver extends Error {}

/** How long a journal may be away in mid-answer, and how long the longest wait between two tries, in milliseconds. */
const patienceMs = 60_000;
const longestWaitMs = 1000;

/** Where a running generation's pieces go: to the journal in flushes, and to the saver. */
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
    const next = { text: written.text + piece.text, thinking: written.thinking + piece.thinking };
    const giveUpAt = performance.now() + patienceMs;
    for (let wait = 20; ; wait = Math.min(wait * 2, longestWaitMs)) {
      try {
        const outcome = await journal.append(id, delta);
        if (outcome === 'superseded') throw new TakenOver();
        if (outcome === 'mismatch') {
          // Either this worker was thought dead and the answer was finished without it, or the journal lost something
          // on a restart of its own: then it gets all of it again, and its readers read again.
          if (!(await deps.generations.transition(id, ['RUNNING'], {}, attempt))) throw new TakenOver();
          await journal.restore(id, { attempt, status: 'RUNNING', ...next });
        }
        break;
      } catch (error) {
        if (error instanceof TakenOver || performance.now() > giveUpAt) throw error;
        log.warn({ generation: id, err: error }, 'the journal is away; trying again');
        await sleep(wait * (0.5 + Math.random() / 2));
      }
    }
    written = next;
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
