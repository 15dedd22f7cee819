import { plural, t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';

/** The totals of usage that the server returns. */
export interface Amount {
  readonly generations: number;
  readonly cachedGenerations: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export const noAmount: Amount = {
  generations: 0,
  cachedGenerations: 0,
  promptTokens: 0,
  completionTokens: 0,
};

export const tokensOf = ({ promptTokens, completionTokens }: Amount): number =>
  promptTokens + completionTokens;

/** `12,345` */
export const whole = (count: number): string => count.toLocaleString(locale());

/** Formats a number briefly: `12.3K`. */
export const short = (count: number): string =>
  count.toLocaleString(locale(), { notation: 'compact', maximumFractionDigits: 1 });

/** `30 days` */
export const inDays = (count: number): string =>
  count.toLocaleString(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' });

/** `1,234 tokens, 1 answer` */
export const wordsOfAmount = (amount: Amount): string => {
  const tokens = tokensOf(amount);
  const answers = amount.generations;
  return t`${plural(tokens, { one: '# token', other: '# tokens' })}, ${plural(answers, { one: '# answer', other: '# answers' })}`;
};

/** The possible tops of a scale, to which zeros are added: even, so that half of each is whole, and close together. */
const tops = [10, 12, 14, 16, 20, 24, 30, 40, 50, 60, 80, 100];

/** Returns the top of a scale for a value: the smallest of `tops` that is not less. */
export const topOf = (most: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 10)) - 1);
  return (tops.find((top) => top * power >= most) ?? 100) * power;
};
