import { searchTerms } from './terms.ts';

/** Maximum terms of a search; further ones are ignored. */
const searchTermLimit = 32;

/** Returns the FTS5 query for rows with a term for each prefix in `search`. Null if nothing can match. */
export const matchOf = (search: string): string | null => {
  const terms = searchTerms(search).slice(0, searchTermLimit);
  // Quoted, so that no word is read as an FTS5 operator; terms contain no quotes.
  return terms.length === 0 ? null : terms.map((term) => `"${term}"*`).join(' ');
};
