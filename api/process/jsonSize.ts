/** Whether the JSON text of a value has at most `limit` UTF-16 units. Reads only about that much of it. */
export const isJsonWithin = (value: unknown, limit: number): boolean =>
  minLength(value, limit) <= limit && JSON.stringify(value).length <= limit;

/** Returns a lower bound of the length of a value's JSON text. Stops once it exceeds `limit`. */
const minLength = (value: unknown, limit: number): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 1;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (length > limit) return length;
      length += minLength(item, limit - length) + 1;
    }
    return value.length === 0 ? length : length - 1;
  }
  const emptyLength = length;
  for (const name in value) {
    if (length > limit) return length;
    length += name.length + 3 + minLength(Reflect.get(value, name), limit - length) + 1;
  }
  return length === emptyLength ? length : length - 1;
};
