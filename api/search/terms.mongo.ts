import { searchTerms } from './terms.ts';

/**
 * Search goes by an array of terms in each title's and message's document, with an index on it, as SQLite's goes by
 * terms of ours in FTS5. MongoDB's own text index can't keep what the port promises: it finds whole words alone, not
 * their beginnings, takes marks that make another letter for accents, and knows no words in scripts without spaces.
 */

/** Of one text; a longer one is found by its first different words. It bounds the entries that a write makes. */
const indexedTermLimit = 10_000;

/** Of one search; the rest of a longer one is passed over. */
const searchTermLimit = 32;

/** What a text is found by. */
export const indexedTerms = (text: string): string[] => searchTerms(text).slice(0, indexedTermLimit);

/** What finds documents whose `terms` begin with each of the search's. Null: a search that finds nothing. */
export function termsFilter(search: string) {
  // The longest first: fewest begin with it.
  const terms = searchTerms(search)
    .slice(0, searchTermLimit)
    .sort((a, b) => b.length - a.length);
  if (terms.length === 0) return null;
  // Terms are letters, marks, digits and emoji: none means anything in a pattern, and the index knows where to begin.
  return { $and: terms.map((term) => ({ terms: { $regex: `^${term}` } })) };
}
