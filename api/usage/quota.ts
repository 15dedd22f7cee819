import type { Role } from '../accounts/account.ts';
import { Failure } from '../failures.ts';

export type QuotaPeriod = 'DAY' | 'MONTH';

/** Tokens that a user may use in a period, prompts and answers together. */
export interface Quota {
  readonly period: QuotaPeriod;
  readonly used: number;
  readonly limit: number;
  /** When it begins anew: the next midnight, or the first of the next month, in UTC. */
  readonly resetsAt: Date;
}

/** Null: as many as they like. */
export type TokensOfRole = Readonly<Record<Role, number | null>>;

/** What one user has instead of what the role has; null: what the role has. */
export interface OwnQuota {
  readonly day: number | null;
  readonly month: number | null;
}

/** From this part of it on, its user is warned. */
const nearly = 0.8;

export const isNear = ({ used, limit }: Quota): boolean => used >= limit * nearly;

/** The first day of the period that `now` is in, as usage counts days. */
export const beginningOf = (period: QuotaPeriod, now: Date): string =>
  now
    .toISOString()
    .slice(0, 10)
    .replace(/\d\d$/, (day) => (period === 'MONTH' ? '01' : day));

export const endOf = (period: QuotaPeriod, now: Date): Date => {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(period === 'DAY' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
};

export const quotaExceeded = ({ period, limit, resetsAt }: Quota, now: Date): Failure => {
  const which = period === 'DAY' ? 'today' : 'this month';
  return new Failure(
    'QUOTA_EXCEEDED',
    `You have used your ${limit.toLocaleString('en')} tokens of ${which}. There are new ones from ${resetsAt.toISOString()} on; an administrator can give you more.`,
    { retryAfter: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000), resetsAt: resetsAt.toISOString() },
  );
};

const roles: readonly Role[] = ['ADMIN', 'MEMBER', 'VIEWER'];

/** `100000` for everybody, `off`, or by role: `MEMBER=100000,ADMIN=off`, where who isn't named has no limit. Null where it is none of these. */
export const parseTokens = (text: string): TokensOfRole | null => {
  const tokens: Record<Role, number | null> = { ADMIN: null, MEMBER: null, VIEWER: null };
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts) {
    const [name, count = ''] = part.includes('=') ? part.split('=', 2) : [null, part];
    const named = roles.filter((role) => name === null || role === name);
    if ((count !== 'off' && !/^\d{1,12}$/.test(count)) || named.length === 0) return null;
    if (name === null && parts.length > 1) return null;
    for (const role of named) tokens[role] = count === 'off' ? null : Number(count);
  }
  return tokens;
};
