/** The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): how little the first ranks stand out. */
const rankOffset = 60;

/**
 * Joins rankings by reciprocal rank fusion: an item's score is the sum of 1 / (60 + rank) over the rankings that have it.
 * Returns the items without duplicates, best first; equal scores keep the order of the first ranking.
 */
export const fuseRankings = <Item>(
  rankings: readonly (readonly Item[])[],
  keyOf: (item: Item) => string,
): readonly Item[] => {
  const scored = new Map<string, { readonly item: Item; score: number }>();
  for (const ranking of rankings) {
    for (const [at, item] of ranking.entries()) {
      const key = keyOf(item);
      const found = scored.get(key) ?? { item, score: 0 };
      found.score += 1 / (rankOffset + at + 1);
      scored.set(key, found);
    }
  }
  return [...scored.values()].sort((one, other) => other.score - one.score).map(({ item }) => item);
};
