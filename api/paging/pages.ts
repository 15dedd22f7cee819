/** Keyset pages, both ways, as Relay's connections ask for them. */

export const pageSizeLimit = 100;

/** `size` items (1 to `pageSizeLimit`) from the start going forward, or from the end going backward, within the keys given. */
export interface PageRequest<Key> {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /** Only what comes after this key, in the connection's order. */
  readonly after: Key | null;
  /** Only what comes before this key, in the connection's order. */
  readonly before: Key | null;
}

/** Where a row stands in a list by time. Ids tell apart the rows of one millisecond; they say nothing of time themselves. */
export interface TimeKey {
  readonly createdAt: Date;
  readonly id: string;
}

/** Items always in the connection's own order, whichever the direction. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Whether the connection has items after this page (before it, below), outside the keys given too. */
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** A page of a list that is in memory, ordered by a text key. */
export const pageOf = <Item>(
  all: readonly Item[],
  { direction, size, after, before }: PageRequest<string>,
  keyOf: (item: Item) => string,
): Page<Item> => {
  const within = all.filter(
    (item) => (after === null || keyOf(item) > after) && (before === null || keyOf(item) < before),
  );
  const items = direction === 'forward' ? within.slice(0, size) : within.slice(-size);
  const [first, last] = [items[0], items.at(-1)];
  return {
    items,
    hasNextPage: last !== undefined && all.at(-1) !== last,
    hasPreviousPage: first !== undefined && all[0] !== first,
  };
};
