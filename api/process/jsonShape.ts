import { Failure } from '../errors/failures.ts';

/** Maximum values and names in a JSON text. Parsing takes a microsecond or more for each, and blocks other requests. */
const maxParts = 50_000;
/** Maximum levels of nesting. */
const maxDepth = 128;

/** Throws `TOO_COMPLEX` for a JSON text of too many parts or levels, which would take long to parse. Strings are free. */
export const checkJsonShape = (text: string): void => {
  const failure = jsonFailure(text);
  if (failure) throw failure;
};

/** Returns the failure that `checkJsonShape` throws, or null. Scans the text once, and allocates nothing. */
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

/** Returns the offset of a string's closing quote, or the end of the text. */
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
