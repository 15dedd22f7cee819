import { Failure } from '../../errors/failures.ts';

/** Values and names that a JSON text may have. Its parser takes a microsecond or more for each, and others wait. */
const maxParts = 50_000;
/** Levels. */
const maxDepth = 128;

/**
 * Throws `TOO_COMPLEX` for a JSON text that would take long to parse: one of too many parts or levels. What its strings
 * contain is free.
 */
export const checkJsonShape = (text: string): void => {
  const failure = jsonFailure(text);
  if (failure) throw failure;
};

/** What `checkJsonShape` throws, or null. Reads the text once, and builds nothing. */
export const jsonFailure = (text: string): Failure | null => {
  let parts = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        continue;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > maxDepth) return tooComplex(`is nested more than ${maxDepth} deep`, maxDepth);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        continue;
      case 0x2c: // ,
      case 0x3a: // :
        break;
      default:
        continue;
    }
    parts += 1;
    if (parts > maxParts) return tooComplex(`has more than ${maxParts} values and names`, maxParts);
  }
  return null;
};

/** Where the quote stands that ends a string, or the end of the text. */
const endOfString = (text: string, from: number): number => {
  for (let at = from; ; ) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let escapes = 0;
    while (escapes < end - from && text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
    at = end + 1;
  }
};

const tooComplex = (what: string, limit: number) =>
  new Failure('TOO_COMPLEX', `The JSON ${what}. Send less, or several requests.`, { limit });
