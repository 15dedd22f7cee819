/**
 * Returns the texts of the integers of a range as alternatives in GBNF: a few dozen patterns of digits, not one alternative
 * for each integer. Both bounds are safe integers.
 */
export const integerTexts = (min: number, max: number): readonly string[] => [
  ...(min < 0 ? naturalTexts(Math.max(1, -max), -min).map((text) => `"-" ${text}`) : []),
  ...(max >= 0 ? naturalTexts(Math.max(0, min), max) : []),
];

/** Splits a range of integers that aren't negative by their number of digits. */
const naturalTexts = (min: number, max: number): readonly string[] => {
  if (min > max) return [];
  const [first, last] = [String(min), String(max)];
  if (first.length === last.length) return sameLengthTexts(first, last);
  const between =
    last.length - first.length > 1 ? [joined('[1-9]', digits(first.length, last.length - 2))] : [];
  return [
    ...sameLengthTexts(first, '9'.repeat(first.length)),
    ...between,
    ...sameLengthTexts(`1${'0'.repeat(last.length - 1)}`, last),
  ];
};

/** Splits a range of numbers of the same length by their first digit. */
const sameLengthTexts = (min: string, max: string): readonly string[] => {
  if (min === '') return [''];
  const [first, last] = [Number(min[0]), Number(max[0])];
  const [low, high] = [min.slice(1), max.slice(1)];
  if (first === last) return sameLengthTexts(low, high).map((text) => joined(`"${first}"`, text));
  const isWholeLow = /^0*$/.test(low);
  const isWholeHigh = /^9*$/.test(high);
  const from = isWholeLow ? first : first + 1;
  const to = isWholeHigh ? last : last - 1;
  return [
    ...(isWholeLow
      ? []
      : sameLengthTexts(low, '9'.repeat(low.length)).map((text) => joined(`"${first}"`, text))),
    ...(from > to ? [] : [joined(`[${from}-${to}]`, digits(low.length, low.length))]),
    ...(isWholeHigh
      ? []
      : sameLengthTexts('0'.repeat(high.length), high).map((text) => joined(`"${last}"`, text))),
  ];
};

const digits = (min: number, max: number): string => (max === 0 ? '' : `[0-9]{${min},${max}}`);

const joined = (first: string, rest: string): string => (rest === '' ? first : `${first} ${rest}`);
