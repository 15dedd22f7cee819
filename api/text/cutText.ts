/**
 * Returns the beginning of a text, at most `length` UTF-16 units, without half a character at its end: such a half can't be
 * encoded as UTF-8, and is shown as a question mark.
 */
export const cutText = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, Math.max(0, length)).replace(/[\uD800-\uDBFF]$/, '');
