import { parseByRole } from '../../access/byRole.ts';
import { parseRate } from './rate.ts';

const rate = (count: number, windowMs: number) => ({ count, windowMs });

describe('a rate in the configuration', () => {
  it.each([
    ['10/1m', { ADMIN: rate(10, 60_000), MEMBER: rate(10, 60_000), VIEWER: rate(10, 60_000) }],
    ['5/s', { ADMIN: rate(5, 1000), MEMBER: rate(5, 1000), VIEWER: rate(5, 1000) }],
    ['off', { ADMIN: null, MEMBER: null, VIEWER: null }],
    ['MEMBER=100/2h, ADMIN=off', { ADMIN: null, MEMBER: rate(100, 7_200_000), VIEWER: null }],
  ])('may be %s', (text, rates) => {
    expect(parseByRole(parseRate)(text)).toEqual(rates);
  });

  it.each([
    '',
    '10',
    '0/1m',
    '10/0m',
    '10/1y',
    '-1/1m',
    '10/1m,ADMIN=off',
    'ROOT=1/1m',
    'MEMBER=',
    '99999/1m',
    '1/99d',
  ])('is not %j', (text) => {
    expect(parseByRole(parseRate)(text)).toBeNull();
  });
});
