import type { Logger } from 'pino';
import { forbidden } from '../../errors/failures.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import {
  type ReservationRequest,
  type Reservations,
  runningLeaseMs,
} from '../../usage/reservations/reservations.ts';
import type { Generation } from '../generation.ts';

export interface BudgetDeps {
  readonly reservations: Reservations;
  /** Whether the user is active, and may have answers made. */
  readonly mayGenerate: (userId: string) => Promise<boolean>;
  readonly log: Logger;
}

/** The tokens of its owner's quota that a running answer may use. */
export interface Budget {
  /**
   * Call it before a piece is passed on, with the count of all pieces up to it: waits until they are reserved. Throws
   * `QUOTA_EXCEEDED`.
   */
  spend(pieces: number): Promise<void>;
  /** Renews the reservation no more. It stays until the answer is settled. */
  close(): void;
}

/** How many tokens of an answer are reserved at a time while it runs: with fewer, a short answer leaves more to others. */
const stepTokens = 16;

const unlimited: Budget = { spend: async () => {}, close: () => {} };

/**
 * Reserves what the prompt takes, by `measure`, and the beginning of the answer. Waits while that can't be known. Throws
 * `QUOTA_EXCEEDED`, and `FORBIDDEN` where the owner may have no answers made any more.
 */
export const openBudget = async (
  deps: BudgetDeps,
  { id, ownerId, attempt }: Pick<Generation, 'id' | 'ownerId' | 'attempt'>,
  measure: () => Promise<number>,
  signal: AbortSignal,
): Promise<Budget> => {
  const { reservations, log } = deps;
  if (!(await deps.mayGenerate(ownerId)))
    throw forbidden('Your account may not ask for answers any more. Ask an administrator.');

  if (!(await retryWhileUnavailable(() => reservations.isLimited(ownerId), signal))) return unlimited;
  const prompt = await measure();
  let reserved = 0;
  const reserve = async (
    minTokens: number,
    wantedTokens: number,
    state: ReservationRequest['state'] = 'running',
  ): Promise<void> => {
    const request = { ownerId, id, attempt, minTokens, wantedTokens, state };
    reserved = (await reservations.reserve(request)) ?? Number.POSITIVE_INFINITY;
  };
  await retryWhileUnavailable(() => reserve(prompt + 1, prompt + stepTokens, 'starting'), signal);

  /** One at a time: a renewal must not take back what was granted after it was sent. */
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const mine = turn.then(act);
    turn = mine.catch(() => {});
    return mine;
  };

  const renewal = setInterval(() => {
    if (reserved === Number.POSITIVE_INFINITY) return;
    inTurn(() => reserve(0, reserved)).catch((error: unknown) => {
      log.debug({ generation: id, err: error }, 'quota: reservation not renewed');
    });
  }, runningLeaseMs / 3).unref();

  return {
    async spend(pieces) {
      const used = prompt + pieces;
      if (used <= reserved) return;
      await inTurn(() => retryWhileUnavailable(() => reserve(used, used + stepTokens - 1), signal));
    },
    close: () => clearInterval(renewal),
  };
};
