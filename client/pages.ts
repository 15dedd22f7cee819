/** The first items of a list, or the first after a cursor, in the list's order. */
export interface PageOptions {
  /** 1 to 100. Default 50. */
  readonly first?: number;
  /** The `endCursor` of the previous page. */
  readonly after?: string | null;
  readonly signal?: AbortSignal;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Pass it as `after` for the next page; null after the last. */
  readonly endCursor: string | null;
}

export const defaultPage = 50;

interface Connection<Item> {
  readonly edges: readonly { readonly node: Item }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

export const pageOf = <Item>({ edges, pageInfo }: Connection<Item>): Page<Item> => ({
  items: edges.map(({ node }) => node),
  endCursor: pageInfo.hasNextPage ? pageInfo.endCursor : null,
});
