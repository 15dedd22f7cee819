import { RequestFailure } from '../relay/failure.ts';
import { barrierOf, barrierOfQuotas, wordsForBarrier } from './barrier.ts';
import type { Quota } from './quota.ts';

const now = Date.parse('2026-01-31T21:00:00Z');

const quota = (given: Partial<Quota> = {}): Quota => ({
  period: 'DAY',
  used: 100_000,
  limit: 100_000,
  resetsAt: '2026-02-01T00:00:00.000Z',
  isNear: true,
  ...given,
});

describe('a limit that blocks sending', () => {
  it('is a rate limit, with the server’s message but without its stale wait', () => {
    const message = 'You have asked for too many answers: 2 in 10 s are allowed. Try again in 7 s.';
    const barrier = barrierOf(new RequestFailure('RATE_LIMITED', message, 7), now);
    expect(barrier).toEqual({
      kind: 'RATE',
      reason: 'You have asked for too many answers: 2 in 10 s are allowed.',
      until: now + 7000,
    });
    expect(barrier && wordsForBarrier(barrier, now + 4500)).toBe(
      'You have asked for too many answers: 2 in 10 s are allowed. You can send again in 3 s.',
    );
  });

  it('is a quota that the server reported as exceeded', () => {
    const failure = new RequestFailure('QUOTA_EXCEEDED', 'Used up.', 3 * 3600);
    const barrier = barrierOf(failure, now);
    expect(barrier && wordsForBarrier(barrier, now)).toBe(
      'Your tokens are used up. The quota resets at 00:00 UTC (in 3 h).',
    );
  });

  it('is null for other errors, and for errors without retryAfter', () => {
    expect(barrierOf(new RequestFailure('RATE_LIMITED', 'Too many.'), now)).toBeNull();
    expect(barrierOf(new RequestFailure('FORBIDDEN', 'No.', 7), now)).toBeNull();
    expect(barrierOf(new TypeError('x'), now)).toBeNull();
  });

  it('is the used-up quota, the longer period if both are used up', () => {
    expect(barrierOfQuotas([], now)).toBeNull();
    expect(barrierOfQuotas([quota({ used: 99_999 })], now)).toBeNull();
    expect(barrierOfQuotas([quota()], now)?.reason).toBe('You have used today’s 100,000 tokens.');
    const month = quota({ period: 'MONTH', resetsAt: '2026-03-01T00:00:00.000Z' });
    expect(barrierOfQuotas([quota(), month], now)).toEqual({
      kind: 'QUOTA',
      reason: 'You have used this month’s 100,000 tokens.',
      until: Date.parse('2026-03-01T00:00:00Z'),
    });
  });

  it('is null once the quota has been reset', () => {
    expect(barrierOfQuotas([quota()], Date.parse('2026-02-01T00:00:00Z'))).toBeNull();
  });
});
