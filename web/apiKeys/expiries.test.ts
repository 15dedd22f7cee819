import { endOf, expiries } from './expiries.ts';

describe('the expiry of a key', () => {
  it('is a number of days from now, or never', () => {
    const now = new Date('2026-01-31T12:00:00Z');
    expect(expiries.map(({ days }) => endOf(days, now))).toEqual([
      '2026-03-02T12:00:00.000Z',
      '2026-05-01T12:00:00.000Z',
      '2027-01-31T12:00:00.000Z',
      null,
    ]);
  });
});
