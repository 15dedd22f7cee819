import type { FoundPassage } from '../passage.ts';

/** A passage with the terms of the search that it has, and the number of all its terms. */
export interface Matched {
  readonly passage: FoundPassage;
  readonly hits: readonly string[];
  readonly length: number;
}

/** The usual parameters of BM25. */
const [k, b] = [1.2, 0.75];

/**
 * Ranks passages by BM25, so that all stores rank alike. A passage has each term once. `total` is the number of passages that
 * are searched.
 */
export const rankByTerms = (found: readonly Matched[], total: number): readonly FoundPassage[] => {
  const containing = new Map<string, number>();
  for (const { hits } of found) for (const hit of hits) containing.set(hit, (containing.get(hit) ?? 0) + 1);
  const average = found.reduce((sum, { length }) => sum + length, 0) / Math.max(1, found.length);
  const scoreOf = ({ hits, length }: Matched): number => {
    const share = (k + 1) / (1 + k * (1 - b + (b * length) / Math.max(1, average)));
    return hits.reduce((sum, hit) => {
      const count = containing.get(hit) ?? 0;
      return sum + share * Math.max(1e-6, Math.log((total - count + 0.5) / (count + 0.5)));
    }, 0);
  };
  return found
    .map((one) => ({ passage: one.passage, score: scoreOf(one) }))
    .sort((one, other) => other.score - one.score || orderOf(one.passage, other.passage))
    .map(({ passage }) => passage);
};

export const orderOf = (one: FoundPassage, other: FoundPassage): number =>
  one.attachmentId.localeCompare(other.attachmentId) || one.number - other.number;
