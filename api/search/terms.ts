/** Maximum length of a term, in UTF-16 units. Longer ones, such as hashes and data URLs, are cut. */
const maxTermLength = 40;

/**
 * Maximum indexed length of a text, in UTF-16 units. Bounds the time of indexing: normalising one character can give
 * 18.
 */
const maxSearchable = 100_000;

/** Scripts without spaces between words. Only a dictionary could split them. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const termPattern = new RegExp(
  String.raw`(?<unspaced>[${unspaced}]+)|(?<word>(?:(?![${unspaced}])[\p{L}\p{N}\p{M}])+)|(?<symbol>\p{Extended_Pictographic}|\p{RI}{2})`,
  'gu',
);

/**
 * Returns the search terms of a text, in order and without duplicates: its words without case and accents, its emoji,
 * and the bigrams of scripts without spaces. A text matches a search if each search term is a prefix of one of its
 * terms. Other characters are ignored, so any text is a valid search. Only the first `maxSearchable` units count.
 */
export function searchTerms(text: string): string[] {
  const terms = new Set<string>();
  for (const { 0: run, groups } of fold(text.slice(0, maxSearchable)).matchAll(termPattern)) {
    if (groups?.unspaced === undefined) terms.add(cut(run));
    else for (const pair of bigrams(run)) terms.add(pair);
  }
  return [...terms];
}

/** Removes case and accents, but keeps the marks that make a different letter in some scripts. */
const fold = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .normalize('NFKC')
        .toLowerCase();

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** A word, an emoji, or a run of a script without spaces, at its position in a text. */
export interface FoldedTerm {
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** Without case and accents. */
  readonly folded: string;
  readonly isUnspaced: boolean;
}

/** Yields the words of a text with their positions, in order. Only the first `maxSearchable` units count. */
export function* foldedTerms(text: string): Generator<FoldedTerm, void, undefined> {
  for (const { 0: run, index, groups } of text.slice(0, maxSearchable).matchAll(termPattern)) {
    const isUnspaced = groups?.unspaced !== undefined;
    yield { start: index, end: index + run.length, folded: fold(run), isUnspaced };
  }
}

/** Returns `数据`, `据库`, `库` for `数据库`. The last character is a term of its own, so that a search for it matches. */
function bigrams(run: string): string[] {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

function cut(run: string): string {
  // Doesn't cut through a surrogate pair.
  return run.slice(0, maxTermLength).replace(/[\ud800-\udbff]$/, '');
}
