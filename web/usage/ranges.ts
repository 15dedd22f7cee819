import { t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';
import { inDays } from './amounts.ts';

export const ranges = [
  { name: '7', label: () => inDays(7) },
  { name: '30', label: () => inDays(30) },
  { name: '90', label: () => inDays(90) },
  { name: 'month', label: () => t`This month` },
] as const;

export type Range = (typeof ranges)[number]['name'];

/** Returns the range that an address names; 30 days if it names none that exists. */
export const rangeOf = (search: URLSearchParams): Range =>
  ranges.find(({ name }) => name === search.get('range'))?.name ?? '30';

const dayMs = 24 * 60 * 60 * 1000;

/** Returns the days of a range in UTC, as usage is counted, oldest first: `2026-01-31`. The last one contains `now`. */
export const daysOf = (range: Range, now: Date): readonly string[] => {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const count = range === 'month' ? now.getUTCDate() : Number(range);
  return Array.from({ length: count }, (_, index) =>
    new Date(today - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
};

/** Returns the query variables of a range: from its first day up to now. */
export const variablesOf = (range: Range, now: Date): { readonly from: string } => ({
  from: `${daysOf(range, now)[0]}T00:00:00.000Z`,
});

const inShort = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;

/** Formats a day: `Mon, Jan 5`. */
export const nameOfDay = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(locale(), { ...inShort, weekday: 'short' });

/** Formats a day briefly: `Jan 5`. */
export const shortNameOfDay = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString(locale(), inShort);
