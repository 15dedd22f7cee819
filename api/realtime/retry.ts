import { isUnavailable } from '../errors/failures.ts';
import { createBackoff } from '../process/backoff.ts';

/** The total time for which an unavailable store, Redis or engine is retried, and the pauses between two tries, in ms. */
const retryMs = 60_000;
const pauses = { minMs: 50, maxMs: 1000 };

/**
 * Retries `ask` with a backoff while it rejects as unavailable, or as `isPassing` says, for a minute at most. Rejects with
 * any other error, and on abort, at once.
 */
export const retryWhileUnavailable = async <Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal,
  isPassing: (error: unknown) => boolean = isUnavailable,
): Promise<Answer> => {
  const retryUntil = performance.now() + retryMs;
  const pause = createBackoff({ ...pauses, signal });
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || performance.now() > retryUntil) throw error;
      await pause();
    }
  }
};
