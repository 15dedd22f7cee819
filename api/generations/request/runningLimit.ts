import type { ByRole } from '../../access/byRole.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Rate } from '../../config/values/rate.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { generationsKey, tooManyGenerations } from '../../limits/limitedCaller.ts';
import { type Limits, rateLimited } from '../../limits/limits.ts';
import type { Holder, RunningSlots } from '../../limits/running/runningSlots.ts';
import type { Reservations } from '../../usage/reservations/reservations.ts';
import { finishedHolders } from '../finishedHolders.ts';
import type { GenerationStore } from '../store/store.ts';

/** A generation that asks for admission. */
export interface AdmissionRequest {
  readonly id: string;
  /** The attempt that it will be stored with. */
  readonly attempt: number;
  /** The tokens of its prompt, as far as they are known. */
  readonly promptTokens: number;
  /** The maximum length of its text, in tokens; null: unlimited. */
  readonly maxTokens: number | null;
}

/** The limits of a user's answers: their rate, the number at once, and the quota. */
export interface RunningLimit {
  /**
   * Acquires a running slot, reserves tokens, then calls `start`. If any of that fails, slot and tokens are released.
   * Throws `RATE_LIMITED` or `QUOTA_EXCEEDED` with `retryAfter`, in seconds, and any error of `start`.
   */
  admit<Started>(viewer: Viewer, request: AdmissionRequest, start: () => Promise<Started>): Promise<Started>;
  /** Releases the running slots under `key` whose holders have ended. Returns whether there were any. */
  releaseEnded(ownerId: string, key: string, holders: readonly Holder[]): Promise<boolean>;
}

export interface RunningLimitDeps {
  readonly limits: Limits;
  readonly runningSlots: RunningSlots;
  readonly generations: GenerationStore;
  readonly reservations: Reservations;
  readonly recordLimitHit: RecordLimitHit;
  readonly rates: ByRole<Rate>;
  /** The maximum number of unfinished answers of a user's sessions, and of each API key; null: unlimited. */
  readonly maxAtOnce: number | null;
  /** The tokens that are reserved for the text of an answer before it starts. */
  readonly reserveTokens: number;
}

/** `Retry-After` when the running limit is reached, in seconds: about the duration of an answer. */
const retryAfterS = 5;

/** A slot is held for one attempt: a continued generation acquires its slot before its next attempt is stored. */
const slotOf = ({ id, attempt }: Pick<AdmissionRequest, 'id' | 'attempt'>): string => `${id}:${attempt}`;

const generationOf = ({ id: slot, heldMs }: Holder) => {
  const [id = '', attempt = ''] = slot.split(':');
  return { id, attempt: Number(attempt), heldMs };
};

export const createRunningLimit = (deps: RunningLimitDeps): RunningLimit => {
  const { limits, runningSlots, reservations, rates, maxAtOnce, recordLimitHit, reserveTokens } = deps;

  const releaseEnded: RunningLimit['releaseEnded'] = async (ownerId, key, holders) => {
    const finished = await finishedHolders(deps.generations, ownerId, holders.map(generationOf));
    if (finished.length > 0) await runningSlots.release(key, finished.map(slotOf));
    return finished.length > 0;
  };

  /** Acquires a slot. False if there is no limit, or the slot is held already. Throws `RATE_LIMITED`. */
  const acquireSlot = async ({ user, apiKey }: Viewer, key: string, slot: string): Promise<boolean> => {
    if (maxAtOnce === null) return false;
    for (;;) {
      const placed = await runningSlots.acquire(key, slot, maxAtOnce);
      if (placed.outcome !== 'FULL') return placed.outcome === 'ACQUIRED';
      // Slots are released here and not at the end of a generation, so a crash loses none.
      if (await releaseEnded(user.id, key, placed.holders)) continue;
      recordLimitHit({ limit: 'RUNNING', userId: user.id, address: null });
      throw runningLimitReached(maxAtOnce, apiKey !== null);
    }
  };

  /** Below the attempt that runs: if a request is repeated, the generation that runs already keeps its reservation. */
  const waitingAttempt = ({ attempt }: AdmissionRequest) => attempt - 1;

  const reserve = ({ user }: Viewer, request: AdmissionRequest) => {
    const { id, promptTokens, maxTokens } = request;
    return reservations.reserve({
      ownerId: user.id,
      id,
      attempt: waitingAttempt(request),
      minTokens: promptTokens + 1,
      wantedTokens: promptTokens + Math.min(maxTokens ?? reserveTokens, reserveTokens),
      state: 'waiting',
    });
  };

  const checkRate = async ({ user }: Viewer) => {
    const rate = rates[user.role];
    if (!rate) return;
    const taken = await limits.consume(generationsKey(user.id), rate);
    if (taken.isAllowed) return;
    recordLimitHit({ limit: 'GENERATION_RATE', userId: user.id, address: null });
    throw rateLimited(tooManyGenerations, taken, rate);
  };

  return {
    releaseEnded,

    async admit(viewer, request, start) {
      const { user, apiKey } = viewer;
      const key = apiKey ? `key:${apiKey.id}` : `user:${user.id}`;
      const isAcquired = await acquireSlot(viewer, key, slotOf(request));
      try {
        await reserve(viewer, request);
        try {
          await checkRate(viewer);
          return await start();
        } catch (error) {
          await reservations.release(user.id, request.id, waitingAttempt(request));
          throw error;
        }
      } catch (error) {
        // If that fails too, the slot is released later, as its generation was never stored.
        if (isAcquired) await runningSlots.release(key, [slotOf(request)]).catch(() => {});
        throw error;
      }
    },
  };
};

const runningLimitReached = (limit: number, isApiKey: boolean): Failure => {
  const count = limit === 1 ? 'An answer is' : `${limit} answers are`;
  const subject = isApiKey ? 'this API key' : 'you';
  const message = `${count} in progress for ${subject} already. Wait for one to finish or stop it, then try again.`;
  return new Failure('RATE_LIMITED', message, { retryAfter: retryAfterS });
};
