import { answers, short, topOf, whole } from './amounts.ts';

describe('amounts', () => {
  it('are formatted for people', () => {
    expect([whole(1234567), short(12_345), answers(1), answers(1200)]).toEqual([
      '1,234,567',
      '12.3K',
      '1 answer',
      '1,200 answers',
    ]);
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
