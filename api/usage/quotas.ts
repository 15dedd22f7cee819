import type { ByRole } from '../access/byRole.ts';
import { demand } from '../access/permissions.ts';
import type { Role, User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, notFound } from '../errors/failures.ts';
import { periodEnd, periodStart, type Quota, type QuotaOverride } from './quota.ts';
import type { UsageStore } from './store/store.ts';
import { addUsage, dayOf, noUsage, type UsageSum } from './usage.ts';

/** The owner of a quota. */
export type QuotaOwner = Pick<User, 'id' | 'role'>;

/** Reads and sets users' token quotas. */
export interface Quotas {
  /** Returns the quotas of a user, the day's first; empty if the user is unlimited. */
  of(user: QuotaOwner): Promise<readonly Quota[]>;
  /** Returns the quotas of each user in their order, with one read. */
  ofMany(users: readonly QuotaOwner[]): Promise<readonly (readonly Quota[])[]>;
  /** Returns the user's quota with the fewest tokens left; null if the user is unlimited or unknown. */
  findTightest(userId: string): Promise<Quota | null>;
  /** Sets quotas that override the role's quotas. Throws `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT`. */
  set(viewer: Viewer, userId: string, quota: QuotaOverride): Promise<void>;
}

export interface QuotasDeps {
  readonly usage: UsageStore;
  readonly day: ByRole<number>;
  readonly month: ByRole<number>;
  /** Returns null for an unknown user. */
  readonly roleOf: (userId: string) => Promise<Role | null>;
  readonly clock: () => Date;
}

/** The maximum quota, in tokens. */
export const maxQuota = 1e12;

export const createQuotas = (deps: QuotasDeps): Quotas => {
  const { usage, clock } = deps;

  const limitsOf = (role: Role, own: QuotaOverride | null) => [
    { period: 'DAY' as const, given: own?.day ?? null, roleLimit: deps.day[role] },
    { period: 'MONTH' as const, given: own?.month ?? null, roleLimit: deps.month[role] },
  ];

  const ofMany: Quotas['ofMany'] = async (users) => {
    const own = await usage.quotasOf(users.map(({ id }) => id));
    const limited = users.map(({ id, role }, index) => ({
      id,
      limits: limitsOf(role, own[index] ?? null).flatMap(({ period, given, roleLimit }) => {
        const limit = given ?? roleLimit;
        return limit === null ? [] : [{ period, limit, isOwn: given !== null, roleLimit }];
      }),
    }));
    const ids = limited.flatMap(({ id, limits }) => (limits.length > 0 ? id : []));
    if (ids.length === 0) return users.map(() => []);
    const now = clock();
    const entries = await usage.ofOwners(ids, periodStart('MONTH', now), dayOf(now));
    const byOwner = Map.groupBy(entries, ({ ownerId }) => ownerId);
    return limited.map(({ id, limits }) =>
      limits.map((limit) => {
        const from = periodStart(limit.period, now);
        const counted = (byOwner.get(id) ?? []).filter(({ day }) => day >= from);
        const { promptTokens, completionTokens } = counted.reduce<UsageSum>(addUsage, noUsage);
        return { ...limit, used: promptTokens + completionTokens, resetsAt: periodEnd(limit.period, now) };
      }),
    );
  };

  const of: Quotas['of'] = async (user) => (await ofMany([user]))[0] ?? [];

  return {
    of,
    ofMany,
    async findTightest(userId) {
      const role = await deps.roleOf(userId);
      const quotas = role === null ? [] : await of({ id: userId, role });
      const left = ({ limit, used }: Quota) => limit - used;
      return quotas.toSorted((one, other) => left(one) - left(other))[0] ?? null;
    },
    async set(viewer, userId, quota) {
      demand(viewer, 'manageUsers');
      for (const [field, tokens] of Object.entries(quota) as [string, number | null][]) {
        if (tokens !== null && (!Number.isInteger(tokens) || tokens < 0 || tokens > maxQuota)) {
          throw badInput(
            field,
            `${field} must be a whole number of tokens from 0 to ${maxQuota}. Leave it out for the role's quota.`,
          );
        }
      }
      if ((await deps.roleOf(userId)) === null) throw notFound('user');
      await usage.setQuota(userId, quota);
    },
  };
};
