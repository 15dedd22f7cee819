import { howLong } from '../ui/moments.ts';

/** A quota as the server sends it. */
export interface Quota {
  readonly period: string;
  readonly used: number;
  readonly limit: number;
  readonly resetsAt: string;
  readonly isNear: boolean;
}

export const usedUp = ({ used, limit }: Quota): boolean => used >= limit;

/** Returns the used part in whole per cent, rounded down: 100 only if it is used up. */
export const percentOf = ({ used, limit }: Quota): number =>
  limit === 0 ? 100 : Math.min(100, Math.floor((used * 100) / limit));

/** Formats the time of a quota's reset, in UTC: `00:00 UTC` within a day, else `1 December, 00:00 UTC`. */
export const momentOf = (moment: number, now = Date.now()): string => {
  const day = new Date(moment).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  const time = `${new Date(moment).toISOString().slice(11, 16)} UTC`;
  return moment - now > 24 * 60 * 60 * 1000 ? `${day}, ${time}` : time;
};

/** `You have used 84 % of today’s tokens: 16,000 are left until 00:00 UTC (in 3 h).` */
export const wordsForNear = (quota: Quota, now: number): string => {
  const whose = quota.period === 'DAY' ? 'today’s' : 'this month’s';
  const resetsAt = Date.parse(quota.resetsAt);
  const left = (quota.limit - quota.used).toLocaleString('en');
  const until = `${momentOf(resetsAt, now)} (in ${howLong((resetsAt - now) / 1000)})`;
  return `You have used ${percentOf(quota)} % of ${whose} tokens: ${left} are left until ${until}.`;
};

/** Returns the quota to warn about: the longest period that is nearly, but not fully used up. Null for none. */
export const nearQuota = (quotas: readonly Quota[], now: number): Quota | null =>
  quotas.findLast((each) => each.isNear && !usedUp(each) && Date.parse(each.resetsAt) > now) ?? null;
