import type { UnfinishedGeneration } from '../generations/generation.ts';

/**
 * Returns the time in seconds for which the oldest queued generation has waited, without those in the background: they wait
 * for as long as people keep the engine busy. 0 if none is queued.
 */
export const queueAgeS = (unfinished: readonly UnfinishedGeneration[], now: Date): number => {
  let oldest = now.getTime();
  for (const { status, queuedAt, isBackground } of unfinished) {
    if (status === 'QUEUED' && !isBackground) oldest = Math.min(oldest, queuedAt.getTime());
  }
  return (now.getTime() - oldest) / 1000;
};
