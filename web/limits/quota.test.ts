import { nearQuota, percentOf, type Quota, wordsForNear } from './quota.ts';

const now = Date.parse('2026-01-23T21:00:00Z');

const day: Quota = {
  period: 'DAY',
  used: 84_000,
  limit: 100_000,
  resetsAt: '2026-01-24T00:00:00.000Z',
  isNear: true,
};
const month: Quota = { ...day, period: 'MONTH', resetsAt: '2026-02-01T00:00:00.000Z' };

describe('a quota', () => {
  it('that is nearly used up is described with the remainder and the reset time', () => {
    expect(wordsForNear(day, now)).toBe(
      'You have used 84 % of today’s tokens: 16,000 are left until 00:00 UTC (in 3 h).',
    );
    expect(wordsForNear(month, now)).toBe(
      'You have used 84 % of this month’s tokens: 16,000 are left until Feb 1, 00:00 UTC (in 9 days).',
    );
  });

  it('causes a warning while it is nearly, not fully used up, the longer period first', () => {
    expect(nearQuota([day, month], now)).toBe(month);
    expect(nearQuota([day, { ...month, isNear: false }], now)).toBe(day);
    expect(nearQuota([{ ...day, used: 100_000 }], now)).toBeNull();
    expect(nearQuota([day], Date.parse(day.resetsAt))).toBeNull();
  });

  it.each([
    [0, 100, 0],
    [999, 1000, 99],
    [120, 100, 100],
    [0, 0, 100],
  ])('of which %d of %d are used is used by %d per cent', (used, limit, percent) => {
    expect(percentOf({ ...day, used, limit })).toBe(percent);
  });
});
