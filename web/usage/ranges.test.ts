import { daysOf, nameOfDay, rangeOf, shortNameOfDay, variablesOf } from './ranges.ts';

const now = new Date('2026-03-02T23:30:00Z');

describe('a range of days', () => {
  it('comes from the address, and defaults to 30 days', () => {
    expect(rangeOf(new URLSearchParams('range=month'))).toBe('month');
    expect(rangeOf(new URLSearchParams('range=1e9'))).toBe('30');
    expect(rangeOf(new URLSearchParams())).toBe('30');
  });

  it('ends with the current day in UTC, also across months', () => {
    expect(daysOf('7', now)).toEqual([
      '2026-02-24',
      '2026-02-25',
      '2026-02-26',
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ]);
    expect(daysOf('90', now)).toHaveLength(90);
    expect(daysOf('month', now)).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('is queried from the start of its first day', () => {
    expect(variablesOf('month', now)).toEqual({ from: '2026-03-01T00:00:00.000Z' });
  });

  it('is formatted for people', () => {
    expect(nameOfDay('2026-01-05')).toBe('Mon, Jan 5');
    expect(shortNameOfDay('2026-01-05')).toBe('Jan 5');
  });
});
