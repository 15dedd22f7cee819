import type { ByRole } from '../../access/byRole.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Rate } from '../../config/values/rate.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../hits/log.ts';
import { generationsKey, tooManyGenerations } from '../limitedCaller.ts';
import { type Limits, rateLimited } from '../limits.ts';
import type { RunningSlots } from './runningSlots.ts';

/** An attempt at an answer, or a request for embeddings. */
export interface SlotHolder {
  readonly id: string;
  readonly attempt: number;
}

/** The rate of a caller's answers and embeddings, and how many of them run at once. */
export interface AnswerLimits {
  /**
   * Acquires a running slot. Returns the function that releases it; null if there is no limit, or the holder has a slot
   * already. Throws `RATE_LIMITED` with `retryAfter`, in seconds.
   */
  acquireSlot(viewer: Viewer, holder: SlotHolder): Promise<(() => Promise<void>) | null>;
  /** Counts one towards the rate. Throws `RATE_LIMITED` with `retryAfter`, in seconds. */
  checkRate(viewer: Viewer): Promise<void>;
}

export interface AnswerLimitsDeps {
  readonly limits: Limits;
  readonly runningSlots: RunningSlots;
  readonly rates: ByRole<Rate>;
  /** The maximum number of running answers of a user's sessions, and of each API key; null: unlimited. */
  readonly maxAtOnce: number | null;
  /** Returns the holders that have ended or were never stored. */
  readonly findEnded: (
    ownerId: string,
    holders: readonly (SlotHolder & { readonly heldMs: number })[],
  ) => Promise<readonly SlotHolder[]>;
  readonly recordLimitHit: RecordLimitHit;
}

/** `Retry-After` when the running limit is reached, in seconds: about the duration of an answer. */
const retryAfterS = 5;

const slotOf = ({ id, attempt }: SlotHolder): string => `${id}:${attempt}`;

const holderOf = ({ id: slot, heldMs }: { readonly id: string; readonly heldMs: number }) => {
  const [id = '', attempt = ''] = slot.split(':');
  return { id, attempt: Number(attempt), heldMs };
};

export const createAnswerLimits = (deps: AnswerLimitsDeps): AnswerLimits => {
  const { limits, runningSlots, rates, maxAtOnce, findEnded, recordLimitHit } = deps;
  return {
    async acquireSlot({ user, apiKey }, holder) {
      if (maxAtOnce === null) return null;
      const key = apiKey ? `key:${apiKey.id}` : `user:${user.id}`;
      const slot = slotOf(holder);
      for (;;) {
        const placed = await runningSlots.acquire(key, slot, maxAtOnce);
        if (placed.outcome !== 'FULL') {
          return placed.outcome === 'HELD' ? null : () => runningSlots.release(key, [slot]);
        }
        // Slots are released here and not at the end of a generation, so a crash loses none.
        const ended = await findEnded(user.id, placed.holders.map(holderOf));
        if (ended.length > 0) {
          await runningSlots.release(key, ended.map(slotOf));
          continue;
        }
        recordLimitHit({ limit: 'RUNNING', userId: user.id, address: null });
        throw runningLimitReached(maxAtOnce, apiKey !== null);
      }
    },

    async checkRate({ user }) {
      const rate = rates[user.role];
      if (!rate) return;
      const taken = await limits.consume(generationsKey(user.id), rate);
      if (taken.isAllowed) return;
      recordLimitHit({ limit: 'GENERATION_RATE', userId: user.id, address: null });
      throw rateLimited(tooManyGenerations, taken, rate);
    },
  };
};

const runningLimitReached = (limit: number, isApiKey: boolean): Failure => {
  const count = limit === 1 ? 'An answer is' : `${limit} answers are`;
  const subject = isApiKey ? 'this API key' : 'you';
  const message = `${count} in progress for ${subject} already. Wait for one to finish or stop it, then try again.`;
  return new Failure('RATE_LIMITED', message, { retryAfter: retryAfterS });
};
