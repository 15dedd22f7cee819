/** Pseudo-random numbers: the same seed gives the same numbers. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  below(below: number): number;
  /** Whether an event of this probability (0 to 1) happens. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** A number from 0 to 1, 1 excluded. */
  next(): number;
}

/** Mulberry32: 32 bits of state are enough for one schedule, and it is fast. */
export const createRandom = (seed: number): Random => {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <Item>(items: readonly [Item, ...Item[]]) => items[below(items.length)] as Item,
  };
};
