import { plural, t } from '@lingui/core/macro';
import { RequestFailure } from '../relay/failure.ts';
import { howLong } from '../ui/moments.ts';
import { momentOf, type Quota, usedUp } from './quota.ts';

/** A limit that blocks sending, and until when. */
export interface Barrier {
  readonly kind: 'RATE' | 'QUOTA';
  /** A full sentence. */
  readonly reason: string;
  /** In milliseconds since 1970, by this device's clock. */
  readonly until: number;
}

/** Returns the barrier of an error that carries `retryAfter`, or null. `now` in ms since 1970. */
export const barrierOf = (error: unknown, now: number): Barrier | null => {
  if (!(error instanceof RequestFailure) || error.retryAfter === null) return null;
  const until = now + error.retryAfter * 1000;
  if (error.code === 'QUOTA_EXCEEDED') return { kind: 'QUOTA', reason: t`Your tokens are used up.`, until };
  return error.code === 'RATE_LIMITED' ? { kind: 'RATE', reason: withoutWait(error.message), until } : null;
};

/** Removes the wait from the server's message, because a countdown is shown beside it. */
const withoutWait = (message: string): string => message.replace(/ Try again in \d+ s\.$/, '');

/** Returns the barrier of a used-up quota, or null. */
export const barrierOfQuotas = (quotas: readonly Quota[], now: number): Barrier | null => {
  const quota = quotas.findLast((each) => usedUp(each) && Date.parse(each.resetsAt) > now);
  if (!quota) return null;
  const { limit } = quota;
  const reason =
    quota.period === 'DAY'
      ? plural(limit, { one: 'You have used today’s # token.', other: 'You have used today’s # tokens.' })
      : plural(limit, {
          one: 'You have used this month’s # token.',
          other: 'You have used this month’s # tokens.',
        });
  return { kind: 'QUOTA', reason, until: Date.parse(quota.resetsAt) };
};

/** Returns when a barrier ends, as `You can send again in 12 s.` */
export const wordsForEnd = ({ kind, until }: Barrier, secondsLeft: number): string => {
  const duration = howLong(secondsLeft);
  if (kind === 'RATE') {
    return t({ message: `You can send again in ${duration}.`, comment: '{duration} is such as “12 s”.' });
  }
  const moment = momentOf(until);
  return t({
    message: `The quota resets at ${moment} (in ${duration}).`,
    comment: '{moment} is a time, or a day and a time. {duration} is such as “3 h” or “9 days”.',
  });
};

export const wordsForBarrier = (barrier: Barrier, now: number): string =>
  `${barrier.reason} ${wordsForEnd(barrier, Math.ceil((barrier.until - now) / 1000))}`;
