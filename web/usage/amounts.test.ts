import { inDays, noAmount, short, topOf, whole, wordsOfAmount } from './amounts.ts';

describe('amounts', () => {
  it('are formatted for people', () => {
    expect([whole(1234567), short(12_345), inDays(30)]).toEqual(['1,234,567', '12.3K', '30 days']);
  });

  it.each([
    [1, 1, '1 token, 1 answer'],
    [12_345, 1200, '12,345 tokens, 1,200 answers'],
  ])('of %d tokens and %d answers are said as %s', (promptTokens, generations, words) => {
    expect(wordsOfAmount({ ...noAmount, promptTokens, generations })).toBe(words);
  });

  it.each([
    [0, 10],
    [10, 10],
    [11, 12],
    [4_999, 5_000],
    [5_001, 6_000],
    [17_946, 20_000],
    [99_999, 100_000],
    [1_234_567, 1_400_000],
  ])('up to %d have a scale up to %d', (most, top) => expect(topOf(most)).toBe(top));
});
