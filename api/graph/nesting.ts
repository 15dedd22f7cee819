/** Levels. Writing a deeper value as JSON again could overflow the stack; a JSON Schema has some ten. */
export const deepestJson = 100;

/** Whether a JSON value is nested more than `deepestJson` levels deep. */
export const isTooDeep = (value: unknown): boolean => isDeeperThan(deepestJson, value);

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));
