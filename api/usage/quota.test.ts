import { parseByRole } from '../access/byRole.ts';
import { parseTokens } from '../config/values/tokenCount.ts';
import { isNearLimit, periodEnd, periodStart } from './quota.ts';

describe('a quota', () => {
  it.each([
    ['2026-01-31T23:59:59Z', '2026-01-31', '2026-01-01', '2026-02-01', '2026-02-01'],
    ['2026-12-31T12:00:00Z', '2026-12-31', '2026-12-01', '2027-01-01', '2027-01-01'],
    ['2028-02-28T00:00:00Z', '2028-02-28', '2028-02-01', '2028-02-29', '2028-03-01'],
  ])('at %s covers the UTC day and month', (at, day, month, tomorrow, nextMonth) => {
    const now = new Date(at);
    expect([periodStart('DAY', now), periodStart('MONTH', now)]).toEqual([day, month]);
    expect([periodEnd('DAY', now), periodEnd('MONTH', now)]).toEqual([
      new Date(tomorrow),
      new Date(nextMonth),
    ]);
  });

  it('warns from 80 % on', () => {
    const quota = { period: 'DAY', limit: 100, isOwn: false, roleLimit: 100, resetsAt: new Date() } as const;
    expect([79, 80, 101].map((used) => isNearLimit({ ...quota, used }))).toEqual([false, true, true]);
  });

  it.each([
    ['100', { ADMIN: 100, MEMBER: 100, VIEWER: 100 }],
    ['off', { ADMIN: null, MEMBER: null, VIEWER: null }],
    ['MEMBER=5, ADMIN=off', { ADMIN: null, MEMBER: 5, VIEWER: null }],
    ['', null],
    ['-1', null],
    ['1e3', null],
    ['5,ADMIN=off', null],
    ['ROOT=5', null],
  ])('is parsed from %j', (text, tokens) => {
    expect(parseByRole(parseTokens)(text)).toEqual(tokens);
  });
});
