import type { Role } from '../accounts/account.ts';
import type { ByRole } from '../accounts/byRole.ts';
import { demand } from '../accounts/permissions.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { badInput, notFound } from '../failures.ts';
import type { NoteHit } from '../limits/limitHits.ts';
import { beginningOf, endOf, type OwnQuota, type Quota, quotaExceeded } from './quota.ts';
import type { UsageStore } from './store.ts';
import { addUsage, dayOf, noUsage } from './usage.ts';

/** How many tokens users may use. */
export interface Quotas {
  /** Those that hold for a user, the day's first; none where nothing is limited. */
  of(user: { readonly id: string; readonly role: Role }): Promise<readonly Quota[]>;
  /** Throws `QUOTA_EXCEEDED` where nothing is left. */
  check(user: { readonly id: string; readonly role: Role }): Promise<void>;
  /** The quota that runs out first, for who answers for a user; null where nothing is limited, or the user is gone. */
  scarcest(userId: string): Promise<Quota | null>;
  /** Gives a user another quota than the role has. Throws `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT`. */
  set(viewer: Viewer, userId: string, quota: OwnQuota): Promise<void>;
}

export interface QuotasDeps {
  readonly usage: UsageStore;
  readonly day: ByRole<number>;
  readonly month: ByRole<number>;
  /** Null where there is no such user. */
  readonly roleOf: (userId: string) => Promise<Role | null>;
  readonly noteHit: NoteHit;
  readonly clock: () => Date;
}

const most = 1e12;

export const createQuotas = (deps: QuotasDeps): Quotas => {
  const { usage, clock } = deps;

  const of: Quotas['of'] = async ({ id, role }) => {
    const own = await usage.quotaOf(id);
    const limits = { DAY: own?.day ?? deps.day[role], MONTH: own?.month ?? deps.month[role] };
    if (limits.DAY === null && limits.MONTH === null) return [];
    const now = clock();
    const today = dayOf(now);
    const entries = await usage.ofOwner(id, beginningOf('MONTH', now), today);
    return (['DAY', 'MONTH'] as const).flatMap((period) => {
      const limit = limits[period];
      if (limit === null) return [];
      const counted = period === 'MONTH' ? entries : entries.filter(({ day }) => day === today);
      const { promptTokens, completionTokens } = counted.reduce(addUsage, noUsage);
      return [{ period, used: promptTokens + completionTokens, limit, resetsAt: endOf(period, now) }];
    });
  };

  return {
    of,
    async check(user) {
      const exceeded = (await of(user)).findLast(({ used, limit }) => used >= limit);
      if (!exceeded) return;
      deps.noteHit({ limit: 'QUOTA', userId: user.id, address: null });
      throw quotaExceeded(exceeded, clock());
    },
    async scarcest(userId) {
      const role = await deps.roleOf(userId);
      const quotas = role === null ? [] : await of({ id: userId, role });
      const left = ({ limit, used }: Quota) => limit - used;
      return quotas.toSorted((one, other) => left(one) - left(other))[0] ?? null;
    },
    async set(viewer, userId, quota) {
      demand(viewer, 'manageUsers');
      for (const [field, tokens] of Object.entries(quota) as [string, number | null][]) {
        if (tokens !== null && (!Number.isInteger(tokens) || tokens < 0 || tokens > most)) {
          throw badInput(
            field,
            `${field} must be a whole number of tokens, 0 or more; none for what the role has.`,
          );
        }
      }
      if ((await deps.roleOf(userId)) === null) throw notFound('user');
      await usage.setQuota(userId, quota);
    },
  };
};
