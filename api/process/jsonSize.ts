/** Whether the JSON text of a value has at most `limit` UTF-16 units. Reads about that much of it and no more. */
export const isJsonWithin = (value: unknown, limit: number): boolean =>
  atLeast(value, limit) <= limit && JSON.stringify(value).length <= limit;

/** A lower bound of the length of a value's JSON text. Stops once it is over `limit`. */
const atLeast = (value: unknown, limit: number): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 1;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (length > limit) return length;
      length += atLeast(item, limit - length) + 1;
    }
    return value.length === 0 ? length : length - 1;
  }
  const isEmpty = length;
  for (const name in value) {
    if (length > limit) return length;
    length += name.length + 3 + atLeast(Reflect.get(value, name), limit - length) + 1;
  }
  return length === isEmpty ? length : length - 1;
};
