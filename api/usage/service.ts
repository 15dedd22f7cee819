import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import { type Page, type PageRequest, pageOf } from '../paging/pages.ts';
import type { UsageStore } from './store/store.ts';
import {
  addUsage,
  dayOf,
  type KeyedSum,
  noUsage,
  type UsageEntry,
  type UsageKey,
  type UsageSum,
} from './usage.ts';

export type UsageGrouping = 'DAY' | 'MODEL';

/** The tokens and answers that a user used, in total and grouped. */
export interface UsageReport {
  readonly total: UsageSum;
  /** By day or by model, sorted by key; empty without usage. */
  readonly groups: readonly KeyedSum[];
}

export interface UsageRequest {
  /** Null: 30 days before `to`. */
  readonly from: Date | null;
  /** Null: now. */
  readonly to: Date | null;
  readonly by: UsageGrouping;
}

/** The usage of one user in a period. */
export interface UserUsage {
  readonly userId: string;
  readonly sum: UsageSum;
  /** By model, the one of most tokens first. */
  readonly models: readonly KeyedSum[];
}

export interface Usage {
  /** Reports the viewer's usage of whole UTC days. Throws `BAD_USER_INPUT`. */
  report(viewer: Viewer, request: UsageRequest): Promise<UsageReport>;
  /** Reports the usage of all users. Throws `FORBIDDEN` and `BAD_USER_INPUT`. */
  reportOfAll(viewer: Viewer, request: UsageRequest): Promise<UsageReport>;
  /** Returns a page of the users with usage, those of most tokens first. Throws `FORBIDDEN` and `BAD_USER_INPUT`. */
  byUser(
    viewer: Viewer,
    period: Pick<UsageRequest, 'from' | 'to'>,
    page: PageRequest<string>,
  ): Promise<Page<UserUsage>>;
  /**
   * Returns when users were last active, in the order of `userIds`: the last use of a stored session, or the last day with
   * an answer. Null if unknown.
   */
  lastActive(userIds: readonly string[]): Promise<readonly (Date | null)[]>;
}

export interface UsageDeps {
  readonly usage: UsageStore;
  readonly accounts: {
    lastSeenOf(userIds: readonly string[]): Promise<readonly (Date | null)[]>;
  };
  readonly clock: () => Date;
}

const dayMs = 24 * 60 * 60 * 1000;
const defaultDays = 30;
/** The maximum range of a report, in days: a leap year. */
const maxDays = 366;

const tokensOf = ({ promptTokens, completionTokens }: UsageSum): number => promptTokens + completionTokens;

/** Returns the key of a list of users by tokens, largest first: keys sort as strings. */
export const userUsageKey = ({ userId, sum }: Pick<UserUsage, 'userId' | 'sum'>): string =>
  `${String(Number.MAX_SAFE_INTEGER - tokensOf(sum)).padStart(16, '0')} ${userId}`;

const byKey = (one: { readonly key: string }, other: { readonly key: string }): number =>
  one.key < other.key ? -1 : 1;

export const createUsage = (deps: UsageDeps): Usage => {
  const daysOf = ({ from, to }: Pick<UsageRequest, 'from' | 'to'>): readonly [string, string] => {
    const end = to ?? deps.clock();
    const start = from ?? new Date(end.getTime() - defaultDays * dayMs);
    if (start > end) throw badInput('from', 'from must not be after to.');
    if (end.getTime() - start.getTime() > maxDays * dayMs) {
      throw badInput('from', `A report covers at most ${maxDays} days. Request a shorter period.`);
    }
    return [dayOf(start), dayOf(end)];
  };

  return {
    async report({ user }, { by, ...period }) {
      const entries = await deps.usage.ofOwner(user.id, ...daysOf(period));
      return {
        total: entries.reduce<UsageSum>(addUsage, noUsage),
        groups: groupedBy(entries, by === 'DAY' ? 'day' : 'model').sort(byKey),
      };
    },

    async reportOfAll(viewer, { by, ...period }) {
      demand(viewer, 'manageUsers');
      const groups = await deps.usage.sumsAnyOwner(by === 'DAY' ? 'day' : 'model', ...daysOf(period));
      return {
        total: groups.map(({ sum }) => sum).reduce<UsageSum>(addUsage, noUsage),
        groups: groups.toSorted(byKey),
      };
    },

    async byUser(viewer, period, page) {
      demand(viewer, 'manageUsers');
      const [from, to] = daysOf(period);
      const sums = await deps.usage.sumsAnyOwner('ownerId', from, to);
      const users = sums
        .map(({ key, sum }) => ({ key: userUsageKey({ userId: key, sum }), userId: key, sum }))
        .sort(byKey);
      const { items, ...rest } = pageOf(users, page, ({ key }) => key);
      const entries = await deps.usage.ofOwners(
        items.map(({ userId }) => userId),
        from,
        to,
      );
      const usages = items.map(({ userId, sum }): UserUsage => {
        const own = entries.filter(({ ownerId }) => ownerId === userId);
        const models = groupedBy(own, 'model').sort((a, b) => tokensOf(b.sum) - tokensOf(a.sum));
        return { userId, sum, models };
      });
      return { items: usages, ...rest };
    },

    async lastActive(userIds) {
      const [seen, days] = await Promise.all([
        deps.accounts.lastSeenOf(userIds),
        deps.usage.lastDaysOf(userIds),
      ]);
      return userIds.map((_id, index) => {
        const day = days[index] ?? null;
        return later(seen[index] ?? null, day === null ? null : new Date(`${day}T00:00:00Z`));
      });
    },
  };
};

const groupedBy = (entries: readonly UsageEntry[], key: UsageKey): KeyedSum[] => {
  const groups = new Map<string, UsageSum>();
  for (const entry of entries) groups.set(entry[key], addUsage(groups.get(entry[key]) ?? noUsage, entry));
  return [...groups].map(([name, sum]) => ({ key: name, sum }));
};

const later = (one: Date | null, other: Date | null): Date | null => {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
};
