import type { ByRole } from '../accounts/byRole.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { Failure } from '../failures.ts';
import { isFinal } from '../generations/generation.ts';
import type { GenerationStore } from '../generations/store.ts';
import type { Quotas } from '../usage/quotas.ts';
import type { NoteHit } from './limitHits.ts';
import { type Limits, rateLimited } from './limits.ts';
import type { Holder, Places } from './places.ts';
import type { Rate } from './rate.ts';

/** How often, and how many at once, somebody may have answers made. */
export interface GenerationLimit {
  /**
   * Lets generation `id` be started, by `start`; where that fails, nothing is held for it. Throws `RATE_LIMITED` or
   * `QUOTA_EXCEEDED`, with `retryAfter`, in seconds, and whatever `start` throws.
   */
  admit<Started>(viewer: Viewer, id: string, start: () => Promise<Started>): Promise<Started>;
}

export interface GenerationLimitDeps {
  readonly limits: Limits;
  readonly places: Places;
  readonly generations: Pick<GenerationStore, 'findMany'>;
  readonly quotas: Pick<Quotas, 'check'>;
  readonly noteHit: NoteHit;
  readonly rates: ByRole<Rate>;
  /** Answers that may wait and run at once for a user in person, and for each key of theirs; null: any number. */
  readonly mostAtOnce: number | null;
}

/** How soon it is worth asking again while as many run as may, in seconds: an answer takes about so long. */
const soonS = 5;
/** How long what has a place may take to be stored, in milliseconds; what is not there then never will be. */
const storedWithinMs = 30_000;

export const createGenerationLimit = (deps: GenerationLimitDeps): GenerationLimit => {
  const { limits, places, quotas, rates, mostAtOnce, noteHit } = deps;

  /** Of those that hold places, the ones that need them no more: an end gives nothing back, so none is lost by a crash. */
  const over = async (ownerId: string, holders: readonly Holder[]): Promise<readonly string[]> => {
    const found = await deps.generations.findMany(
      ownerId,
      holders.map(({ id }) => id),
    );
    const isOver = ({ heldMs }: Holder, index: number) => {
      const generation = found[index];
      return generation ? isFinal(generation.status) : heldMs > storedWithinMs;
    };
    return holders.filter(isOver).map(({ id }) => id);
  };

  /** Whether the place is a new one. */
  const takePlace = async ({ user, apiKey }: Viewer, key: string, id: string): Promise<boolean> => {
    if (mostAtOnce === null) return false;
    for (;;) {
      const placed = await places.take(key, id, mostAtOnce);
      if (placed.outcome !== 'FULL') return placed.outcome === 'TAKEN';
      const free = await over(user.id, placed.holders);
      if (free.length === 0) {
        noteHit({ limit: 'RUNNING', userId: user.id, address: null });
        throw tooMany(mostAtOnce, apiKey !== null);
      }
      await places.giveBack(key, free);
    }
  };

  return {
    async admit(viewer, id, start) {
      const { user, apiKey } = viewer;
      await quotas.check(user);
      const key = apiKey ? `key:${apiKey.id}` : `user:${user.id}`;
      const isNew = await takePlace(viewer, key, id);
      try {
        const rate = rates[user.role];
        if (rate) {
          const taken = await limits.take(`generations:${user.id}`, rate);
          if (!taken.isAllowed) {
            noteHit({ limit: 'GENERATION_RATE', userId: user.id, address: null });
            throw rateLimited('You have asked for too many answers', taken, rate);
          }
        }
        return await start();
      } catch (error) {
        // Where that fails too it is free before long: what is not stored needs none.
        if (isNew) await places.giveBack(key, [id]).catch(() => {});
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
