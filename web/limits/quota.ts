import { plural, t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';
import { howLong } from '../ui/moments.ts';
import { whole } from '../usage/amounts.ts';

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

/** Formats the time of a quota's reset, in UTC: `00:00 UTC` within a day, else `Dec 1, 00:00 UTC`. */
export const momentOf = (moment: number, now = Date.now()): string =>
  new Date(moment).toLocaleString(locale(), {
    ...(moment - now > 24 * 60 * 60 * 1000 && { day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });

/** `You have used 84 % of today’s tokens: 16,000 are left until 00:00 UTC (in 3 h).` */
export const wordsForNear = (quota: Quota, now: number): string => {
  const resetsAt = Date.parse(quota.resetsAt);
  const percent = whole(percentOf(quota));
  const left = quota.limit - quota.used;
  const moment = momentOf(resetsAt, now);
  const duration = howLong((resetsAt - now) / 1000);
  return quota.period === 'DAY'
    ? t({
        message: `You have used ${percent} % of today’s tokens: ${plural(left, { one: '# is left', other: '# are left' })} until ${moment} (in ${duration}).`,
        comment: '{moment} is a time, or a day and a time. {duration} is such as “3 h” or “9 days”.',
      })
    : t({
        message: `You have used ${percent} % of this month’s tokens: ${plural(left, { one: '# is left', other: '# are left' })} until ${moment} (in ${duration}).`,
        comment: '{moment} is a time, or a day and a time. {duration} is such as “3 h” or “9 days”.',
      });
};

/** Returns the quota to warn about: the longest period that is nearly, but not fully used up. Null for none. */
export const nearQuota = (quotas: readonly Quota[], now: number): Quota | null =>
  quotas.findLast((each) => each.isNear && !usedUp(each) && Date.parse(each.resetsAt) > now) ?? null;
