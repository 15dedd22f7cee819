/** Readers of JSON of any shape: a value of another type is absent. */
export type Json = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asObjects = (value: unknown): readonly Json[] =>
  asList(value)
    .map(asObject)
    .filter((item) => item !== null);

export const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Returns the first text that isn't empty. */
export const firstText = (...values: readonly unknown[]): string =>
  values.map(asText).find((text) => text !== null && text !== '') ?? '';

/** Returns ms since 1970 of a number of seconds or ms, or of an ISO 8601 text; null if it is none. */
export const asTime = (value: unknown): number | null => {
  if (typeof value === 'number' && Number.isFinite(value)) return value < 1e11 ? value * 1000 : value;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
};
