import { foldedTerms } from '../../search/terms.ts';

/** Words are compared by this many letters, in place of a stemmer, which would know few languages. */
const stemLength = 7;

/** Maximum terms of a passage; further ones are ignored. */
const passageTermLimit = 500;

/**
 * Returns the terms under which a passage is found, without duplicates: words without case, accents and endings, whole
 * words that have digits, and bigrams of scripts without spaces.
 */
export const passageTerms = (text: string): readonly string[] => {
  const terms = new Set<string>();
  for (const { folded, isUnspaced } of foldedTerms(text)) {
    if (terms.size >= passageTermLimit) break;
    if (!isUnspaced) terms.add(stemOf(folded));
    else {
      const characters = [...folded];
      const pairs = characters.slice(0, -1).map((character, at) => character + characters[at + 1]);
      for (const pair of pairs.length > 0 ? pairs : characters) terms.add(pair);
    }
  }
  return [...terms].slice(0, passageTermLimit);
};

const stemOf = (word: string): string => {
  if (/\d/.test(word)) return word.slice(0, 40);
  const singular = word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
  return singular.slice(0, stemLength).replace(/[\uD800-\uDBFF]$/, '');
};
