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
  /** Returns whether the user is active and has the permission `generate`. */
  readonly mayGenerate: (userId: string) => Promise<boolean>;
  readonly log: Logger;
}

/** The tokens that a running answer may use of its owner's quota. */
export interface Budget {
  /**
   * Ensures that tokens are reserved for `chunks`, the number of the request's chunks so far including the next one. Call it before that
   * chunk is passed on. Throws `QUOTA_EXCEEDED`.
   */
  reserve(chunks: number): Promise<void>;
  /**
   * Reserves the tokens of a further request's prompt, which `measure` returns. `spent` are those of the requests before it.
   * Throws `QUOTA_EXCEEDED`.
   */
  beginRequest(spent: number, measure: () => Promise<number>): Promise<void>;
  /** Whether `reserve` would neither wait nor throw. */
  covers(chunks: number): boolean;
  /** Stops renewing the reservation. It stays until the answer is settled. */
  close(): void;
}

/** The tokens that a running answer reserves at a time. A smaller step leaves more of the quota to the user's other answers. */
const stepTokens = 16;

const unlimited: Budget = {
  reserve: async () => {},
  beginRequest: async () => {},
  covers: () => true,
  close: () => {},
};

/**
 * Reserves the tokens of the prompt, which `measure` returns, and of the beginning of the answer. Retries while the quota
 * can't be read. Throws `QUOTA_EXCEEDED`, and `FORBIDDEN` if the owner may not generate any more.
 */
export const openBudget = async (
  deps: BudgetDeps,
  { id, ownerId, attempt }: Pick<Generation, 'id' | 'ownerId' | 'attempt'>,
  measure: () => Promise<number>,
  signal: AbortSignal,
): Promise<Budget> => {
  const { reservations, log } = deps;
  if (!(await deps.mayGenerate(ownerId))) {
    throw forbidden('Your account may not generate answers any more. Ask an administrator.');
  }

  if (!(await retryWhileUnavailable(() => reservations.isLimited(ownerId), signal))) return unlimited;
  let promptTokens = await measure();
  let reserved = 0;
  const reserve = async (
    minTokens: number,
    wantedTokens: number,
    state: ReservationRequest['state'] = 'running',
  ): Promise<void> => {
    const request = { ownerId, id, attempt, minTokens, wantedTokens, state };
    reserved = (await reservations.reserve(request)) ?? Number.POSITIVE_INFINITY;
  };
  await retryWhileUnavailable(() => reserve(promptTokens + 1, promptTokens + stepTokens, 'starting'), signal);

  /** Requests run one at a time: a renewal must not undo what was granted after it was sent. */
  let last: Promise<void> = Promise.resolve();
  const inSequence = (request: () => Promise<void>): Promise<void> => {
    const done = last.then(request);
    last = done.catch(() => {});
    return done;
  };

  const renewal = setInterval(() => {
    if (reserved === Number.POSITIVE_INFINITY) return;
    inSequence(() => reserve(0, reserved)).catch((error: unknown) => {
      log.debug({ generation: id, err: error }, 'quota: reservation not renewed');
    });
  }, runningLeaseMs / 3).unref();

  return {
    async reserve(chunks) {
      const used = promptTokens + chunks;
      if (used <= reserved) return;
      await inSequence(() => retryWhileUnavailable(() => reserve(used, used + stepTokens - 1), signal));
    },
    async beginRequest(spent, measurePrompt) {
      promptTokens = spent + (await measurePrompt());
      await inSequence(() =>
        retryWhileUnavailable(() => reserve(promptTokens + 1, promptTokens + stepTokens), signal),
      );
    },
    covers: (chunks) => promptTokens + chunks <= reserved,
    close: () => clearInterval(renewal),
  };
};
