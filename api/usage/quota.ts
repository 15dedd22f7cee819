import { Failure } from '../errors/failures.ts';

export type QuotaPeriod = 'DAY' | 'MONTH';

/** The tokens that a user may use in a period, for prompts and answers together. */
export interface Quota {
  readonly period: QuotaPeriod;
  readonly used: number;
  readonly limit: number;
  /** Whether it overrides the role's quota. */
  readonly isOwn: boolean;
  /** The role's quota, which applies without an override; null: unlimited. */
  readonly roleLimit: number | null;
  /** The start of the next period: the next midnight, or the first of the next month, in UTC. */
  readonly resetsAt: Date;
}

/** A user's quotas that override the role's quotas; null: the role's quota applies. */
export interface QuotaOverride {
  readonly day: number | null;
  readonly month: number | null;
}

/** The used fraction from which the user is warned. */
const warningFraction = 0.8;

export const isNearLimit = ({ used, limit }: Quota): boolean => used >= limit * warningFraction;

/** Returns the first day of the period that contains `now`, as `2026-01-31`. */
export const periodStart = (period: QuotaPeriod, now: Date): string =>
  now
    .toISOString()
    .slice(0, 10)
    .replace(/\d\d$/, (day) => (period === 'MONTH' ? '01' : day));

export const periodEnd = (period: QuotaPeriod, now: Date): Date => {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(period === 'DAY' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
};

/** "100 tokens for today" */
const ofPeriod = ({ period, limit }: Quota): string =>
  `${limit.toLocaleString('en')} tokens for ${period === 'DAY' ? 'today' : 'this month'}`;

const untilReset = ({ resetsAt }: Quota, now: Date) => ({
  retryAfter: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000),
  resetsAt: resetsAt.toISOString(),
});

export const quotaExceeded = (quota: Quota, now: Date): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `${quota.period === 'DAY' ? 'Daily' : 'Monthly'} quota used up (${quota.limit.toLocaleString('en')} tokens). It resets at ${quota.resetsAt.toISOString()}. Wait, or ask an administrator for more.`,
    untilReset(quota, now),
  );

/** `needed`: the tokens of the prompt and of the first token of the answer. */
export const quotaTooSmall = (quota: Quota, needed: number, now: Date): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `This prompt needs about ${needed.toLocaleString('en')} tokens, but only ${(quota.limit - quota.used).toLocaleString('en')} of your ${ofPeriod(quota)} are left. Shorten it, wait until ${quota.resetsAt.toISOString()}, or ask an administrator for more.`,
    untilReset(quota, now),
  );

/** `Retry-After` while running answers hold reservations, in seconds. */
const retryAfterS = 5;

export const quotaReserved = (quota: Quota): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `Your other answers have reserved the rest of your ${ofPeriod(quota)}. Wait for one to end, or stop it, then try again.`,
    { retryAfter: retryAfterS, resetsAt: quota.resetsAt.toISOString() },
  );
