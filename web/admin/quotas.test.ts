import { ownOf, tokensFrom, usedOf } from './quotas.ts';

const quota = { period: 'DAY', used: 0, limit: 100_000, isOwn: true };

describe("a user's quota, as administrators see it", () => {
  it('is in its field where it is the user’s own', () => {
    expect(ownOf([quota], 'DAY')).toBe('100,000');
    expect(ownOf([{ ...quota, isOwn: false }], 'DAY')).toBe('');
    expect(ownOf([quota], 'MONTH')).toBe('');
  });

  it.each([
    ['', null],
    [' ', null],
    ['0', 0],
    ['100000', 100_000],
    ['100,000', 100_000],
    ['1 000 000', 1_000_000],
    ["1'000", 1000],
    ['-5', undefined],
    ['1e6', undefined],
    ['many', undefined],
  ])('is read from %j', (typed, tokens) => {
    expect(tokensFrom(typed)).toBe(tokens);
  });

  it('is told by the one that runs out first', () => {
    const month = { ...quota, period: 'MONTH', used: 999, limit: 1000 };
    expect(usedOf([])).toBeNull();
    expect(usedOf([quota])).toBe('0 % of today’s tokens used');
    expect(usedOf([quota, month])).toBe('99 % of this month’s tokens used');
    expect(usedOf([{ ...quota, limit: 0 }, month])).toBe('100 % of today’s tokens used');
  });
});
