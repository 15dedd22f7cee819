export interface Quota {
  readonly period: string;
  readonly limit: number;
  readonly isOwn: boolean;
}

/** What a user has of their own, as a field shows it; empty: what the role has. */
export const ownOf = (quotas: readonly Quota[], period: 'DAY' | 'MONTH'): string => {
  const own = quotas.find((each) => each.isOwn && each.period === period);
  return own ? own.limit.toLocaleString('en') : '';
};

/** The tokens that were typed, with or without signs between thousands; null where nothing was, undefined for no number. */
export const tokensFrom = (typed: string): number | null | undefined => {
  const digits = typed.replace(/[\s,._'’]/g, '');
  if (digits === '') return null;
  return /^\d{1,12}$/.test(digits) ? Number(digits) : undefined;
};

/** `84 % of today’s tokens used`: of the quota that is nearest to its end; null where there is none. */
export const usedOf = (
  quotas: readonly { readonly period: string; readonly used: number; readonly limit: number }[],
): string | null => {
  const part = ({ used, limit }: { used: number; limit: number }) => (limit === 0 ? 1 : used / limit);
  const [nearest] = quotas.toSorted((one, other) => part(other) - part(one));
  if (!nearest) return null;
  const percent = Math.floor(100 * Math.min(1, part(nearest)));
  return `${percent} % of ${nearest.period === 'DAY' ? 'today’s' : 'this month’s'} tokens used`;
};
