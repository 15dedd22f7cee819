import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, isUnavailable } from '../errors/failures.ts';

/** The pause before a step is repeated, in milliseconds: doubled after each try, up to the longer one. */
const [minPauseMs, maxPauseMs] = [100, 2000];

/** The steps of a start after which users can sign in and ask. Readiness reports the first one that is missing. */
export interface Startup {
  /** The step that isn't done, as a sentence for operators; null once the start is complete. */
  pending(): string | null;
  /**
   * Runs one step. Repeats it while the store or Redis is unavailable, or the disk full. Rejects with any other error, and with the
   * signal's reason when the process stops.
   */
  step<Result>(sentence: string, run: () => Promise<Result>): Promise<Result>;
  /** Marks the start as complete. */
  complete(): void;
}

/** Whether a start waits for the end of it. */
export const isTemporary = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof Failure && error.code === 'STORAGE_FULL');

export const createStartup = (signal: AbortSignal): Startup => {
  let pending: string | null = 'The server is starting.';

  return {
    pending: () => pending,
    async step(sentence, run) {
      pending = sentence;
      for (let pauseMs = minPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
        signal.throwIfAborted();
        try {
          return await run();
        } catch (error) {
          if (!isTemporary(error)) throw error;
          await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
        }
      }
    },
    complete() {
      pending = null;
    },
  };
};
