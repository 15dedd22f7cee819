import { LRUCache } from 'lru-cache';
import { Failure } from '../../errors/failures.ts';
import { createFairScheduler } from '../../process/fairScheduler.ts';
import { monotonicMs } from '../../process/monotonicMs.ts';

/** Processor time of a check above which it is slow, in ms. Usual definitions take a few. */
const slowMs = 100;

/** The pause after a slow check, in multiples of its processor time: a user's checks take a twentieth of a processor. */
const pauseFactor = 20;

/** Maximum users whose pauses are remembered. */
const maxUsers = 10_000;

/** Checks the definitions of users without blocking others: a schema can take long to compile. */
export interface DefinitionChecks {
  /**
   * Runs a synchronous check between other work, one at a time per user. Throws what it throws, and `RATE_LIMITED` for a while
   * after a slow check of this user.
   */
  run<Result>(userId: string, check: () => Result): Promise<Result>;
}

export const createDefinitionChecks = (now: () => number = monotonicMs): DefinitionChecks => {
  const turns = createFairScheduler();
  /** The end of each user's pause, in ms of `now`. */
  const pauses = new LRUCache<string, number>({ max: maxUsers });

  return {
    async run(userId, check) {
      const endTurn = await turns.acquire(userId);
      const leftMs = (pauses.get(userId) ?? Number.NEGATIVE_INFINITY) - now();
      const before = process.threadCpuUsage();
      try {
        if (leftMs > 0) throw tooManyChecks(leftMs);
        return check();
      } finally {
        const { user, system } = process.threadCpuUsage(before);
        const usedMs = (user + system) / 1000;
        if (usedMs > slowMs) pauses.set(userId, now() + usedMs * pauseFactor);
        endTurn();
      }
    },
  };
};

const tooManyChecks = (leftMs: number): Failure => {
  const retryAfter = Math.ceil(leftMs / 1000);
  return new Failure(
    'RATE_LIMITED',
    `Your last preset took long to check. Simplify its outputSchema, or try again in ${retryAfter} seconds.`,
    { retryAfter },
  );
};
