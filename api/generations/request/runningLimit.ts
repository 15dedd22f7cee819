import type { ByRole } from '../../access/byRole.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Rate } from '../../config/values/rate.ts';
import { Failure } from '../../errors/failures.ts';
import type { NoteHit } from '../../limits/hits/limitHits.ts';
import { generationsKey, tooManyGenerations } from '../../limits/limitedCaller.ts';
import { type Limits, rateLimited } from '../../limits/limits.ts';
import type { Holder, Places } from '../../limits/running/runningSlots.ts';
import type { Reservations } from '../../usage/reservations/reservations.ts';
import { endedHolders } from '../ended.ts';
import type { GenerationStore } from '../store/store.ts';

/** An answer that is asked for. */
export interface AskedGeneration {
  readonly id: string;
  /** The attempt that it will be stored with. */
  readonly attempt: number;
  /** What its prompt takes, as far as that is known, in tokens. */
  readonly promptTokens: number;
  /** How long its text may become, in tokens; null: as long as it becomes. */
  readonly maxTokens: number | null;
}

/** How often, and how many at once, somebody may have answers made. */
export interface RunningLimit {
  /**
   * Lets a generation be started, by `start`, with its tokens reserved; where that fails, nothing is held for it. Throws
   * `RATE_LIMITED` or `QUOTA_EXCEEDED`, with `retryAfter`, in seconds, and whatever `start` throws.
   */
  admit<Started>(viewer: Viewer, asked: AskedGeneration, start: () => Promise<Started>): Promise<Started>;
}

export interface RunningLimitDeps {
  readonly limits: Limits;
  readonly places: Places;
  readonly generations: Pick<GenerationStore, 'findMany'>;
  readonly reservations: Reservations;
  readonly noteHit: NoteHit;
  readonly rates: ByRole<Rate>;
  /** Answers that may wait and run at once for a user in person, and for each key of theirs; null: any number. */
  readonly maxAtOnce: number | null;
  /** What is reserved for the text of an answer before it starts, in tokens. */
  readonly reserveTokens: number;
}

/** `Retry-After` when the running limit is reached, in seconds: an answer takes about so long. */
const soonS = 5;

/** A place is held for one attempt: one that is continued needs a place before its next attempt is stored. */
const placeOf = ({ id, attempt }: Pick<AskedGeneration, 'id' | 'attempt'>): string => `${id}:${attempt}`;

const holderOf = ({ id: place, heldMs }: Holder) => {
  const [id = '', attempt = ''] = place.split(':');
  return { id, attempt: Number(attempt), heldMs };
};

export const createRunningLimit = (deps: RunningLimitDeps): RunningLimit => {
  const { limits, places, reservations, rates, maxAtOnce, noteHit, reserveTokens } = deps;

  /** Whether the place is a new one. */
  const takePlace = async ({ user, apiKey }: Viewer, key: string, place: string): Promise<boolean> => {
    if (maxAtOnce === null) return false;
    for (;;) {
      const placed = await places.take(key, place, maxAtOnce);
      if (placed.outcome !== 'FULL') return placed.outcome === 'TAKEN';
      // An end gives nothing back, so no crash loses a place.
      const ended = await endedHolders(deps.generations, user.id, placed.holders.map(holderOf));
      if (ended.length === 0) {
        noteHit({ limit: 'RUNNING', userId: user.id, address: null });
        throw tooMany(maxAtOnce, apiKey !== null);
      }
      await places.giveBack(key, ended.map(placeOf));
    }
  };

  /** Below the attempt that runs: where the same answer is asked for twice, a running one keeps what it holds. */
  const waitingAttempt = ({ attempt }: AskedGeneration) => attempt - 1;

  const reserve = ({ user }: Viewer, asked: AskedGeneration) => {
    const { id, promptTokens, maxTokens } = asked;
    return reservations.reserve({
      ownerId: user.id,
      id,
      attempt: waitingAttempt(asked),
      minTokens: promptTokens + 1,
      wantedTokens: promptTokens + Math.min(maxTokens ?? reserveTokens, reserveTokens),
      state: 'waiting',
    });
  };

  const checkRate = async ({ user }: Viewer) => {
    const rate = rates[user.role];
    if (!rate) return;
    const taken = await limits.take(generationsKey(user.id), rate);
    if (taken.isAllowed) return;
    noteHit({ limit: 'GENERATION_RATE', userId: user.id, address: null });
    throw rateLimited(tooManyGenerations, taken, rate);
  };

  return {
    async admit(viewer, asked, start) {
      const { user, apiKey } = viewer;
      const key = apiKey ? `key:${apiKey.id}` : `user:${user.id}`;
      const isNew = await takePlace(viewer, key, placeOf(asked));
      try {
        await reserve(viewer, asked);
        try {
          await checkRate(viewer);
          return await start();
        } catch (error) {
          await reservations.release(user.id, asked.id, waitingAttempt(asked));
          throw error;
        }
      } catch (error) {
        // Where that fails too it is free before long: what is not stored needs none.
        if (isNew) await places.giveBack(key, [placeOf(asked)]).catch(() => {});
        throw error;
      }
    },
  };
};

const tooMany = (most: number, isKey: boolean): Failure => {
  const count = most === 1 ? 'An answer is' : `${most} answers are`;
  const message = `${count} being made for ${isKey ? 'this API key' : 'you'} already. Wait for one, or stop it, then ask again.`;
  return new Failure('RATE_LIMITED', message, { retryAfter: soonS });
};
