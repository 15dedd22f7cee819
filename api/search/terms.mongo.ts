import { searchTerms } from './terms.ts';

/**
 * Search uses an indexed array of terms in the documents of conversations and messages, as SQLite uses the same terms
 * in FTS5. MongoDB's text index can't do what the port requires: it matches whole words but no prefixes, treats marks
 * that make a different letter as accents, and doesn't split scripts without spaces.
 */

/** Maximum terms of a text; further ones aren't indexed. Bounds the index entries of a write. */
const indexedTermLimit = 10_000;

/** Maximum terms of a search; further ones are ignored. */
const searchTermLimit = 32;

/** Returns the terms under which a text is indexed. */
export const indexedTerms = (text: string): string[] => searchTerms(text).slice(0, indexedTermLimit);

/** Returns the filter for documents with a term for each prefix in `search`. Null if nothing can match. */
export function termsFilter(search: string) {
  // The longest term first, because it is the most selective.
  const terms = searchTerms(search)
    .slice(0, searchTermLimit)
    .sort((a, b) => b.length - a.length);
  if (terms.length === 0) return null;
  // Terms contain only letters, marks, digits and emoji, none of them special in a pattern. `^` makes it an index
  // range.
  return { $and: terms.map((term) => ({ terms: { $regex: `^${term}` } })) };
}
