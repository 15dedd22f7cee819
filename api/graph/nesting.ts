/** Maximum nesting depth of a JSON value. Serialising a deeper value could overflow the stack; schemas have about ten. */
export const maxJsonDepth = 100;

/** Whether a JSON value is nested deeper than `maxJsonDepth`. */
export const isTooDeep = (value: unknown): boolean => isDeeperThan(maxJsonDepth, value);

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));
