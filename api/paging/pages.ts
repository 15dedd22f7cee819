/** Keyset pagination in both directions, as Relay's connections need it. */

export const pageSizeLimit = 100;

/**
 * Requests `size` items (1 to `pageSizeLimit`) between two keys, from the start (forward) or from the end (backward).
 */
export interface PageRequest<Key> {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /** Only items after this key, in the connection's order. */
  readonly after: Key | null;
  /** Only items before this key, in the connection's order. */
  readonly before: Key | null;
}

/** The key of a row in a list by time. The id distinguishes rows of the same millisecond; it doesn't order by time. */
export interface TimeKey {
  readonly createdAt: Date;
  readonly id: string;
}

/** A page of items, in the connection's order for both directions. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /**
   * Whether the connection has items after this page (`hasPreviousPage`: before it), also beyond the requested keys.
   */
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Returns a page of a list in memory that is ordered by a string key. */
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
