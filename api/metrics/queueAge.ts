import type { UnfinishedGeneration } from '../generations/generation.ts';

/** Returns the time in seconds for which the oldest queued generation has waited; 0 if none is queued. */
export const queueAgeS = (unfinished: readonly UnfinishedGeneration[], now: Date): number => {
  const queued = unfinished.filter(({ status }) => status === 'QUEUED');
  const oldest = Math.min(...queued.map(({ queuedAt }) => queuedAt.getTime()), now.getTime());
  return (now.getTime() - oldest) / 1000;
};
