const marks = /[\u0300-\u036f]/g;
const wordPattern = /[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const fold = (text: string): string =>
  text.normalize('NFKD').replace(marks, '').normalize('NFKC').toLowerCase();

/** Returns the words of a search without case and accents, as the server compares them. */
export const wordsOf = (search: string): readonly string[] =>
  Array.from(search.matchAll(wordPattern), ([word]) => fold(word));

/** Returns the ranges of a text that match one of the words, in UTF-16 units. */
export const matchesOf = (text: string, words: readonly string[]): readonly (readonly [number, number])[] => {
  if (words.length === 0) return [];
  const found: (readonly [number, number])[] = [];
  for (const { 0: run, index } of text.matchAll(wordPattern)) {
    const folded = fold(run);
    for (const word of words) {
      const at = unspaced.test(word) ? folded.indexOf(word) : folded.startsWith(word) ? 0 : -1;
      if (at < 0) continue;
      const isAligned = unspaced.test(word) && folded.length === run.length;
      found.push(isAligned ? [index + at, index + at + word.length] : [index, index + run.length]);
      break;
    }
  }
  return found;
};

/** Whether a text has each word of a search, at the start of one of its words. */
export const hasAllWords = (text: string, search: string): boolean =>
  wordsOf(search).every((word) => matchesOf(text, [word]).length > 0);
