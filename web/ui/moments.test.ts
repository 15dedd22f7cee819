import { fromNow } from './moments.ts';

describe('how far a moment is', () => {
  const now = new Date('2026-01-02T03:04:05Z');

  it.each([
    ['2026-01-02T03:03:30Z', 'just now'],
    ['2026-01-02T02:59:05Z', '5 minutes ago'],
    ['2026-01-02T01:00:00Z', '2 hours ago'],
    ['2026-01-01T01:00:00Z', 'yesterday'],
    ['2026-01-08T03:04:06Z', 'in 6 days'],
  ])('of %s is said as %s', (moment, words) => expect(fromNow(moment, now)).toBe(words));
});
