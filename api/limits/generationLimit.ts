import type { ByRole } from '../accounts/byRole.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { Failure } from '../failures.ts';
import type { GenerationStore } from '../generations/store.ts';
import type { Quotas } from '../usage/quotas.ts';
import { type Limits, rateLimited } from './limits.ts';
import type { Rate } from './rate.ts';

/** How often, and how many at once, somebody may have answers made. */
export interface GenerationLimit {
  /** One more. Throws `RATE_LIMITED` or `QUOTA_EXCEEDED`, with `retryAfter`, in seconds. */
  take(viewer: Viewer): Promise<void>;
}

export interface GenerationLimitDeps {
  readonly limits: Limits;
  readonly generations: Pick<GenerationStore, 'unfinishedOfOwner'>;
  readonly quotas: Pick<Quotas, 'check'>;
  readonly rates: ByRole<Rate>;
  /** Answers that may wait and run for one user; null: any number. */
  readonly mostAtOnce: number | null;
}

/** How soon it is worth asking again while as many run as may, in seconds: an answer takes about so long. */
const soonS = 5;

export const createGenerationLimit = (deps: GenerationLimitDeps): GenerationLimit => ({
  async take({ user }) {
    const { mostAtOnce } = deps;
    await deps.quotas.check(user);
    if (mostAtOnce !== null && (await deps.generations.unfinishedOfOwner(user.id)).length >= mostAtOnce) {
      const count = mostAtOnce === 1 ? 'An answer is' : `${mostAtOnce} answers are`;
      const message = `${count} being made for you already. Wait for one, or stop it, then ask again.`;
      throw new Failure('RATE_LIMITED', message, { retryAfter: soonS });
    }
    const rate = deps.rates[user.role];
    if (!rate) return;
    const taken = await deps.limits.take(`generations:${user.id}`, rate);
    if (!taken.isAllowed) throw rateLimited('You have asked for too many answers', taken, rate);
  },
});
