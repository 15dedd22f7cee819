import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '../errors/failures.ts';

/** How long an unavailable store, Redis or engine is waited for, and the longest pause between two tries, in ms. */
const patienceMs = 60_000;
const maxPauseMs = 1000;

/** Retries `ask` while it rejects as unavailable, for a minute at most. Rejects with other errors at once, and when aborted. */
export const retryWhileUnavailable = async <Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> => {
  const giveUpAt = performance.now() + patienceMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, maxPauseMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > giveUpAt) throw error;
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
};
