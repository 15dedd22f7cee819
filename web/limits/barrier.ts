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
  if (error.code === 'QUOTA_EXCEEDED') return { kind: 'QUOTA', reason: 'Your tokens are used up.', until };
  return error.code === 'RATE_LIMITED' ? { kind: 'RATE', reason: withoutWait(error.message), until } : null;
};

/** Removes the wait from the server's message, because a countdown is shown beside it. */
const withoutWait = (message: string): string => message.replace(/ Try again in \d+ s\.$/, '');

/** Returns the barrier of a used-up quota, or null. */
export const barrierOfQuotas = (quotas: readonly Quota[], now: number): Barrier | null => {
  const quota = quotas.findLast((each) => usedUp(each) && Date.parse(each.resetsAt) > now);
  if (!quota) return null;
  const whose = quota.period === 'DAY' ? 'today’s' : 'this month’s';
  const reason = `You have used ${whose} ${quota.limit.toLocaleString('en')} tokens.`;
  return { kind: 'QUOTA', reason, until: Date.parse(quota.resetsAt) };
};

/** Returns when a barrier ends, as `You can send again in 12 s.` */
export const wordsForEnd = ({ kind, until }: Barrier, secondsLeft: number): string =>
  kind === 'RATE'
    ? `You can send again in ${howLong(secondsLeft)}.`
    : `The quota resets at ${momentOf(until)} (in ${howLong(secondsLeft)}).`;

export const wordsForBarrier = (barrier: Barrier, now: number): string =>
  `${barrier.reason} ${wordsForEnd(barrier, Math.ceil((barrier.until - now) / 1000))}`;
