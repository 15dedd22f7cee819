import { isTemporary } from '../errors/failures.ts';
import { createBackoff } from './backoff.ts';

/** The pauses between two tries of a step, in ms. */
const pauses = { minMs: 100, maxMs: 2000 };

/** The steps of a start, after which users can sign in and generate. Readiness reports the first pending one. */
export interface Startup {
  /** The pending step, as a sentence for operators; null once the start is complete. */
  pending(): string | null;
  /** Returns when the start was complete, or else when it began. */
  since(): Date;
  /**
   * Runs one step. Retries it while the store or Redis is unavailable, or the disk is full. Rejects with any other error,
   * and when the process stops.
   */
  step<Result>(sentence: string, run: () => Promise<Result>): Promise<Result>;
  /** Marks the start as complete. */
  complete(): void;
}

export const createStartup = (signal: AbortSignal, clock: () => Date = () => new Date()): Startup => {
  let since = clock();
  let pending: string | null = 'The server is starting.';

  return {
    pending: () => pending,
    since: () => since,
    async step(sentence, run) {
      pending = sentence;
      const pause = createBackoff({ ...pauses, signal });
      for (;;) {
        signal.throwIfAborted();
        try {
          return await run();
        } catch (error) {
          if (!isTemporary(error)) throw error;
          await pause();
        }
      }
    },
    complete() {
      if (pending !== null) since = clock();
      pending = null;
    },
  };
};
