/** Longer runs are cut: nobody searches for the end of a hash or a data URL. In UTF-16 units. */
const termLength = 40;

/**
 * UTF-16 units of a text that it is found by. Bounds the time that a text takes to index: normalising one character can
 * give 18.
 */
const maxSearchable = 100_000;

/** Scripts written without spaces, whose words only a dictionary could tell apart. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const runs = new RegExp(
  String.raw`(?<unspaced>[${unspaced}]+)|(?<word>(?:(?![${unspaced}])[\p{L}\p{N}\p{M}])+)|(?<symbol>\p{Extended_Pictographic}|\p{RI}{2})`,
  'gu',
);

/**
 * What a text is found by: its words without case and accents, its emoji, and of scripts without spaces each pair of
 * neighbours. A text is a match where each term of the search is the beginning of one of its terms. Any text is a
 * valid search: what is neither word nor symbol is passed over. In the order of the text, each once. Only the first
 * `maxSearchable` units count.
 */
export function searchTerms(text: string): string[] {
  // Accents are dropped, but not the marks of scripts in which they make another letter.
  const folded = text
    .slice(0, maxSearchable)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase();
  const terms = new Set<string>();
  for (const { 0: run, groups } of folded.matchAll(runs)) {
    if (groups?.unspaced === undefined) terms.add(cut(run));
    else for (const pair of neighbours(run)) terms.add(pair);
  }
  return [...terms];
}

/** `数据库` gives `数据`, `据库`, `库`: the last stands alone in an indexed text, so that one character finds it. */
function neighbours(run: string): string[] {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

function cut(run: string): string {
  // Not through the middle of a character.
  return run.slice(0, termLength).replace(/[\ud800-\udbff]$/, '');
}
