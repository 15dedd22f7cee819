import { i18n } from '@lingui/core';
import { dayOf, fromNow, howLong, lasting, periodOf, secondsOf, timeOf } from './moments.ts';

describe('a relative time', () => {
  const now = new Date('2026-01-02T03:04:05Z');

  it.each([
    ['2026-01-02T03:03:30Z', 'just now'],
    ['2026-01-02T02:59:05Z', '5 minutes ago'],
    ['2026-01-02T01:00:00Z', '2 hours ago'],
    ['2026-01-01T01:00:00Z', 'yesterday'],
    ['2026-01-08T03:04:06Z', 'in 6 days'],
  ])('of %s is said as %s', (moment, words) => expect(fromNow(moment, now)).toBe(words));
});

describe('the elapsed time', () => {
  const since = '2026-01-02T03:04:05Z';

  it.each([
    ['2026-01-02T03:04:13.900Z', '8 s'],
    ['2026-01-02T03:07:10Z', '3 min 5 s'],
    ['2026-01-03T04:06:59Z', '25 h 2 min'],
    // The local clock is behind the server's.
    ['2026-01-02T03:04:00Z', '0 s'],
  ])('at %s is said as %s', (now, words) => expect(lasting(since, new Date(now))).toBe(words));
});

describe('a duration', () => {
  it.each([
    [-3, '0 s'],
    [0.2, '1 s'],
    [90, '90 s'],
    [91, '2 min'],
    [90 * 60 + 1, '2 h'],
    [36 * 3600, '36 h'],
    [36 * 3600 + 1, '2 days'],
  ])('%d seconds are said as %s', (seconds, words) => expect(howLong(seconds)).toBe(words));
});

describe('a time of day', () => {
  it('is said to the minute, of which a deadline needs the begin', () => {
    const moment = new Date(2026, 0, 2, 14, 5, 59).toISOString();
    expect(timeOf(moment).replace('\u202f', ' ')).toBe('2:05 PM');
  });
});

describe('a time in another language', () => {
  beforeAll(() => i18n.loadAndActivate({ locale: 'de', messages: {} }));
  afterAll(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

  it('has its words, its order and its decimals', () => {
    const now = new Date('2026-01-02T03:04:05Z');
    expect(fromNow('2026-01-01T01:00:00Z', now)).toBe('gestern');
    expect(dayOf('2026-01-02T12:00:00Z')).toBe('2. Jan. 2026');
    expect(timeOf(new Date(2026, 0, 2, 14, 5, 59).toISOString())).toBe('14:05');
    expect(howLong(36 * 3600 + 1)).toBe('2 Tage');
    expect(periodOf(1, 'year')).toBe('1 Jahr');
    expect(secondsOf(1.25, 1)).toBe('1,3 s');
  });
});
