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

/** Items always in the connection's own order, whichever the direction. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}
