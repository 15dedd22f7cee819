import { Failure } from '../errors/failures.ts';

export type QuotaPeriod = 'DAY' | 'MONTH';

/** Tokens that a user may use in a period, prompts and answers together. */
export interface Quota {
  readonly period: QuotaPeriod;
  readonly used: number;
  readonly limit: number;
  /** Whether it was given to this user, and is not what the role has. */
  readonly isOwn: boolean;
  /** What the role has, and what holds once none is given to this user; null: as many as one likes. */
  readonly roleLimit: number | null;
  /** When it begins anew: the next midnight, or the first of the next month, in UTC. */
  readonly resetsAt: Date;
}

/** What one user has instead of what the role has; null: what the role has. */
export interface QuotaOverride {
  readonly day: number | null;
  readonly month: number | null;
}

/** From this part of it on, its user is warned. */
const nearly = 0.8;

export const isNearLimit = ({ used, limit }: Quota): boolean => used >= limit * nearly;

/** The first day of the period that `now` is in, as usage counts days. */
export const periodStart = (period: QuotaPeriod, now: Date): string =>
  now
    .toISOString()
    .slice(0, 10)
    .replace(/\d\d$/, (day) => (period === 'MONTH' ? '01' : day));

export const periodEnd = (period: QuotaPeriod, now: Date): Date => {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(period === 'DAY' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
};

/** "100 tokens of today" */
const ofPeriod = ({ period, limit }: Quota): string =>
  `${limit.toLocaleString('en')} tokens of ${period === 'DAY' ? 'today' : 'this month'}`;

const untilReset = ({ resetsAt }: Quota, now: Date) => ({
  retryAfter: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000),
  resetsAt: resetsAt.toISOString(),
});

export const quotaExceeded = (quota: Quota, now: Date): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `You have used your ${ofPeriod(quota)}. There are new ones from ${quota.resetsAt.toISOString()} on; an administrator can give you more.`,
    untilReset(quota, now),
  );

/** `needed`: what the prompt and the first token of the answer take. */
export const quotaTooSmall = (quota: Quota, needed: number, now: Date): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `This prompt needs about ${needed.toLocaleString('en')} tokens, and ${(quota.limit - quota.used).toLocaleString('en')} of your ${ofPeriod(quota)} are left. Shorten it, or wait until ${quota.resetsAt.toISOString()}; an administrator can give you more.`,
    untilReset(quota, now),
  );

/** How soon running answers may have released what they reserved, in seconds. */
const soonS = 5;

export const quotaReserved = (quota: Quota): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `Your other answers have reserved what is left of your ${ofPeriod(quota)}. Wait for one, or stop it, then ask again.`,
    { retryAfter: soonS, resetsAt: quota.resetsAt.toISOString() },
  );
