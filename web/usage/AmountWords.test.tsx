import { render } from '@testing-library/react';
import { LanguageProvider } from '../language/LanguageProvider.tsx';
import { AmountWords } from './AmountWords.tsx';
import { noAmount } from './amounts.ts';

const wordsOf = (amount: object, withSaved: boolean) =>
  render(
    <LanguageProvider>
      <AmountWords amount={{ ...noAmount, ...amount }} withSaved={withSaved} />
    </LanguageProvider>,
  ).container;

describe('an amount in words', () => {
  const amount = { promptTokens: 12_000, completionTokens: 345, generations: 3, cachedGenerations: 1 };

  it('emphasizes the number of tokens', () => {
    const words = wordsOf(amount, false);
    expect(words.textContent).toBe('12,345 tokens, 3 answers');
    expect(words.querySelector('span')?.textContent).toBe('12,345');
  });

  it('says how many answers came from the cache, if any did', () => {
    expect(wordsOf(amount, true).textContent).toBe('12,345 tokens, 3 answers, 1 of them saved');
    const one = { promptTokens: 1, generations: 1 };
    expect(wordsOf(one, true).textContent).toBe('1 token, 1 answer');
  });
});
