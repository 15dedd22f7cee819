import type { Logger } from 'pino';
import type { NoteHit } from '../limits/limitHits.ts';
import { type Quota, quotaExceeded } from '../usage/quota.ts';
import type { Quotas } from '../usage/quotas.ts';
import type { Spending } from '../usage/spending.ts';
import type { Generation } from './generation.ts';

export interface BudgetDeps {
  readonly quotas: Pick<Quotas, 'scarcest'>;
  readonly spending: Spending;
  readonly noteHit: NoteHit;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** What an answer may use of its owner's quota, beside what the owner's other answers use at the same time. */
export interface Budget {
  /** Throws `QUOTA_EXCEEDED` where more is used than there is. What others use is known by the second. */
  check(used: number): void;
  /** The answer has ended: it is not spoken of any more. Never rejects. */
  close(): Promise<void>;
}

/** How often it is looked what others use, in milliseconds. */
const lookEveryMs = 1000;

const unlimited: Budget = { check: () => {}, close: async () => {} };

/** Rejects where the quota can't be read: nothing is answered then. */
export const openBudget = async (
  deps: BudgetDeps,
  { id, ownerId }: Pick<Generation, 'id' | 'ownerId'>,
): Promise<Budget> => {
  const { quotas, spending, clock, log } = deps;
  const found = await quotas.scarcest(ownerId);
  if (!found) return unlimited;
  let quota: Quota = found;
  let others = 0;
  let looking: Promise<void> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const look = async (used: number): Promise<void> => {
    try {
      const [newest, spent] = await Promise.all([
        quotas.scarcest(ownerId),
        spending.report(ownerId, id, used),
      ]);
      if (newest) quota = newest;
      others = spent;
    } catch (error) {
      log.debug({ generation: id, err: error }, 'it could not be read what other answers use');
    } finally {
      looking = null;
    }
  };

  return {
    check(used) {
      const now = performance.now();
      if (!looking && now - lookedAt >= lookEveryMs) {
        lookedAt = now;
        looking = look(used);
      }
      if (used + others <= quota.limit - quota.used) return;
      deps.noteHit({ limit: 'QUOTA', userId: ownerId, address: null });
      throw quotaExceeded(quota, clock());
    },
    async close() {
      await looking;
      await spending.forget(ownerId, id).catch((error: unknown) => {
        log.debug({ generation: id, err: error }, 'what an answer used is forgotten by itself');
      });
    },
  };
};
