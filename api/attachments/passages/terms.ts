import { foldedTerms } from '../../search/terms.ts';
import { cutText } from '../../text/cutText.ts';

/** Words are compared by this many letters, in place of a stemmer, which would know few languages. */
const stemLength = 7;

/** Maximum terms of a passage, and of a question; further ones are ignored. */
const passageTermLimit = 500;
const questionTermLimit = 64;

/**
 * Returns the terms under which a passage is found, without duplicates: words without case, accents and endings, whole
 * words that have digits, and bigrams of scripts without spaces.
 */
export const passageTerms = (text: string, limit = passageTermLimit): readonly string[] => {
  const terms = new Set<string>();
  for (const { folded, isUnspaced } of foldedTerms(text)) {
    if (terms.size >= limit) break;
    if (!isUnspaced) terms.add(stemOf(folded));
    else {
      const characters = [...folded];
      const pairs = characters.slice(0, -1).map((character, at) => character + characters[at + 1]);
      for (const pair of pairs.length > 0 ? pairs : characters) terms.add(pair);
    }
  }
  return [...terms].slice(0, limit);
};

/** Returns the terms of a question, the most frequent words of English and German left out if others remain. */
export const questionTerms = (question: string): readonly string[] => {
  const all = passageTerms(question, questionTermLimit * 2);
  const rare = all.filter((term) => !common.has(term));
  return (rare.length > 0 ? rare : all).slice(0, questionTermLimit);
};

const stemOf = (word: string): string => {
  if (/\d/.test(word)) return word.slice(0, 40);
  const singular = word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
  return cutText(singular, stemLength);
};

/** As `stemOf` returns them. */
const common = new Set(
  `a about after all also an and any are as at be been but by can could did do does for from had has have he her
  his how i if in into is it its me my no not of on or our she should so some than that the their them then there these
  they this to u was we were what when where which who why will with would you your
  aber al als am an auch auf aus bei da das dem den der des die durch ein eine einem einen einer er es fur hat ich im in
  ist mit nach nicht nur oder sich sie sind und von war was welche wer wie wird wo zu zum zur`
    .split(/\s+/)
    .flatMap((word) => [word, word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word]),
);
