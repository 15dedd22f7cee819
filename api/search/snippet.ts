import { foldedTerms, searchTerms } from './terms.ts';

/** A part of a snippet. The parts in order are the snippet's text. */
export interface SnippetPart {
  readonly text: string;
  /** Whether the part matches the search. */
  readonly isMatch: boolean;
}

/** A range of a text, in UTF-16 units. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Length of the text before the first match and of the whole snippet, in UTF-16 units, without the ellipses. */
const lead = 40;
const maxLength = 180;

/** Returns the words of a text that match a search, in order, as far as a snippet of the first one shows them. */
const matchesIn = (text: string, search: string): readonly Range[] => {
  const wanted = searchTerms(search);
  const found: Range[] = [];
  for (const { start, end, folded, isUnspaced } of foldedTerms(text)) {
    if (start > (found[0]?.start ?? start) + maxLength) break;
    if (!isUnspaced) {
      if (wanted.some((term) => folded.startsWith(term))) found.push({ start, end });
      continue;
    }
    // Folding keeps the length of nearly all characters of these scripts; otherwise the whole run is marked.
    const isAligned = folded.length === end - start;
    for (const term of wanted) {
      const at = folded.indexOf(term);
      if (at >= 0)
        found.push(isAligned ? { start: start + at, end: start + at + term.length } : { start, end });
    }
  }
  return found;
};

/** Joins ranges that overlap or touch. */
const joined = (ranges: readonly Range[]): readonly Range[] => {
  const result: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
};

/** Moves a cut to the next start of a word nearby, and never through a surrogate pair. */
const wordStart = (text: string, at: number, limit: number): number => {
  if (at <= 0) return 0;
  const space = text.slice(at, limit).search(/\s\S/);
  if (space >= 0 && space < lead) return at + space + 1;
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at + 1 : at;
};

/** Returns the beginning of the first match of a search in a text, with the words around it, as one line. */
export const snippetOf = (text: string, search: string): readonly SnippetPart[] => {
  const ranges = joined(matchesIn(text, search));
  const first = ranges[0]?.start ?? 0;
  const from = wordStart(text, first - lead, first);
  const to = Math.min(text.length, from + maxLength);
  const parts: SnippetPart[] = [];
  const push = (start: number, end: number, isMatch: boolean) => {
    const part = text
      .slice(start, end)
      .replace(/[\uD800-\uDBFF]$/, '')
      .replace(/\s+/g, ' ');
    if (part !== '') parts.push({ text: part, isMatch });
  };
  if (from > 0) parts.push({ text: '… ', isMatch: false });
  let at = from;
  for (const { start, end } of ranges) {
    if (start >= to) break;
    push(at, start, false);
    push(start, Math.min(end, to), true);
    at = Math.min(end, to);
  }
  push(at, to, false);
  if (to < text.length) parts.push({ text: ' …', isMatch: false });
  return parts;
};
