import type { UnfinishedGeneration } from '../generations/generation.ts';

/** Returns the time in seconds for which the oldest queued generation has waited; 0 if none is queued. */
export const queueAgeS = (unfinished: readonly UnfinishedGeneration[], now: Date): number => {
  let oldest = now.getTime();
  for (const { status, queuedAt } of unfinished) {
    if (status === 'QUEUED') oldest = Math.min(oldest, queuedAt.getTime());
  }
  return (now.getTime() - oldest) / 1000;
};
