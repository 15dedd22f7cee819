/** What was used, as the server adds it up. */
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
export const whole = (count: number): string => count.toLocaleString('en');

/** Where there is little room: `12.3K`. */
export const short = (count: number): string =>
  count.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1 answer`, `2 answers` */
export const answers = (count: number): string => `${whole(count)} ${count === 1 ? 'answer' : 'answers'}`;

/** The next number of 1, 2 or 5 and zeros that is not less: the top of a scale whose half is a whole number too. */
export const topOf = (most: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 10)));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
};
