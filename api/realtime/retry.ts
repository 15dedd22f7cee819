import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '../errors/failures.ts';

/** The total time for which an unavailable store, Redis or engine is retried, and the maximum pause between attempts, in ms. */
const retryMs = 60_000;
const maxPauseMs = 1000;

/**
 * Retries `ask` with a backoff while it rejects as unavailable, for a minute at most. Rejects with any other error, and on
 * abort, at once.
 */
export const retryWhileUnavailable = async <Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> => {
  const retryUntil = performance.now() + retryMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > retryUntil) throw error;
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
};
