import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import type { UsageStore } from './store/store.ts';
import { addUsage, dayOf, noUsage, type UsageEntry, type UsageSum } from './usage.ts';

export type UsageGrouping = 'DAY' | 'MODEL';

/** The tokens and answers that a user used, in total and grouped. */
export interface UsageReport {
  readonly total: UsageSum;
  /** By day or by model, sorted by key; empty without usage. */
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
  /** Reports the viewer's usage of whole UTC days. Throws `BAD_USER_INPUT`. */
  report(viewer: Viewer, request: UsageRequest): Promise<UsageReport>;
}

const dayMs = 24 * 60 * 60 * 1000;
const defaultDays = 30;
/** The maximum range of a report, in days: a leap year. */
const maxDays = 366;

export const createUsage = (deps: { readonly usage: UsageStore; readonly clock: () => Date }): Usage => ({
  async report({ user }, { from, to, by }) {
    const end = to ?? deps.clock();
    const start = from ?? new Date(end.getTime() - defaultDays * dayMs);
    if (start > end) throw badInput('from', 'from must not be after to.');
    if (end.getTime() - start.getTime() > maxDays * dayMs) {
      throw badInput('from', `A report covers at most ${maxDays} days. Request a shorter period.`);
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
