import { jest } from '@jest/globals';
import { choiceOf, readChoice } from './quotas.ts';

const quota = { period: 'DAY', limit: 100_000, isOwn: true };
const own = (typed: string) => readChoice({ isOwn: true, typed });

describe("a user's quota, as administrators choose it", () => {
  it('is the user’s own limit if it has one, else the role’s', () => {
    expect(choiceOf([quota], 'DAY')).toEqual({ isOwn: true, typed: '100,000' });
    expect(choiceOf([{ ...quota, isOwn: false }], 'DAY')).toEqual({ isOwn: false, typed: '' });
    expect(choiceOf([quota], 'MONTH')).toEqual({ isOwn: false, typed: '' });
    expect(choiceOf([{ ...quota, limit: 0 }], 'DAY')).toEqual({ isOwn: true, typed: '0' });
  });

  it.each([
    ['0', 0],
    ['100000', 100_000],
    [' 100,000 ', 100_000],
    ['1 000 000', 1_000_000],
    ['1 000', 1000],
    ["1'000", 1000],
    ['1.000.000', 1_000_000],
    ['1,000,000,000,000', 1e12],
    ['١٠٠٬٠٠٠', 100_000],
    ['۱۰۰۰', 1000],
  ])('is read from %j', (typed, tokens) => {
    expect(own(typed)).toEqual({ tokens, problem: null });
  });

  it('is read as it is shown in the locale', () => {
    const languages = jest.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-IN']);
    const { typed } = choiceOf([quota], 'DAY');
    expect(typed).toBe('1,00,000');
    expect(own(typed)).toEqual({ tokens: 100_000, problem: null });
    languages.mockRestore();
  });

  it.each(['-5', '1e6', 'many', '1.5', '1,5', '10,00', '100,'])('rejects %j and says why', (typed) => {
    const problem = `“${typed}” isn’t a whole number of tokens, such as 100,000.`;
    expect(own(typed)).toEqual({ tokens: null, problem });
  });

  it('rejects more than the server’s maximum', () => {
    expect(own('1,000,000,000,001').problem).toBe('There are 1,000,000,000,000 tokens at most.');
  });

  it('requires a number for an own limit, and ignores the text for the role’s limit', () => {
    expect(own(' ').problem).toBe('Enter a number of tokens, or choose the role’s limit.');
    expect(readChoice({ isOwn: false, typed: 'many' })).toEqual({ tokens: null, problem: null });
  });
});
