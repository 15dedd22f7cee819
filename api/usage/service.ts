import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import type { UsageStore } from './store/store.ts';
import { addUsage, dayOf, noUsage, type UsageEntry, type UsageSum } from './usage.ts';

export type UsageGrouping = 'DAY' | 'MODEL';

export interface UsageReport {
  readonly total: UsageSum;
  /** By day or by model, in order; none where nothing was used. */
  readonly groups: readonly { readonly key: string; readonly sum: UsageSum }[];
}

export interface UsageRequest {
  /** Null: 30 days before `to`. */
  readonly from: Date | null;
  /** Null: now. */
  readonly to: Date | null;
  readonly by: UsageGrouping;
}

export interface Usage {
  /** What the viewer used, in whole days of UTC. Throws `BAD_USER_INPUT`. */
  report(viewer: Viewer, request: UsageRequest): Promise<UsageReport>;
}

const dayMs = 24 * 60 * 60 * 1000;
const usualDays = 30;
/** The most that one report covers, in days: a leap year. */
const maxDays = 366;

export const createUsage = (deps: { readonly usage: UsageStore; readonly clock: () => Date }): Usage => ({
  async report({ user }, { from, to, by }) {
    const end = to ?? deps.clock();
    const start = from ?? new Date(end.getTime() - usualDays * dayMs);
    if (start > end) throw badInput('from', 'from must not be after to.');
    if (end.getTime() - start.getTime() > maxDays * dayMs) {
      throw badInput('from', `A report covers ${maxDays} days at most. Ask for parts of the time.`);
    }
    const entries = await deps.usage.ofOwner(user.id, dayOf(start), dayOf(end));
    const keyOf = (entry: UsageEntry) => (by === 'DAY' ? entry.day : entry.model);
    const groups = new Map<string, UsageSum>();
    for (const entry of entries) {
      groups.set(keyOf(entry), addUsage(groups.get(keyOf(entry)) ?? noUsage, entry));
    }
    return {
      total: entries.reduce<UsageSum>(addUsage, noUsage),
      groups: [...groups].map(([key, sum]) => ({ key, sum })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    };
  },
});
