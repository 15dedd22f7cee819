import type { Page, PageRequest } from '../paging/pages.ts';
import type { Message } from './message.ts';

/**
 * The path from the root to the start of a branch: each branch on the way, and the depth of its last message on the
 * way. Empty for a branch that begins with a root.
 */
export type Lineage = readonly (readonly [branchId: string, lastDepth: number])[];

/** The messages of one branch with depths `from` to `to`, both included. */
export interface Segment {
  readonly branchId: string;
  readonly from: number;
  readonly to: number;
}

/** A page of depths, both ends included. Empty if `last < first`. */
export interface Depths {
  readonly first: number;
  readonly last: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Returns the depths of a page. A path has one message at each depth from 0 to `leafDepth`, so no query is needed. */
export function depthsOf(leafDepth: number, { direction, size, after, before }: PageRequest<number>): Depths {
  const low = Math.max(0, after === null ? 0 : after + 1);
  const high = Math.min(leafDepth, before === null ? leafDepth : before - 1);
  const first = direction === 'forward' ? low : Math.max(low, high - size + 1);
  const last = direction === 'forward' ? Math.min(high, low + size - 1) : high;
  return {
    first,
    last,
    hasNextPage: last < high || (before !== null && before <= leafDepth),
    hasPreviousPage: first > low || (after !== null && after >= 0),
  };
}

/** Returns the segments with the messages of depths `first` to `last` on the path to a leaf in `branchId`, by depth. */
export function segmentsOf(lineage: Lineage, branchId: string, first: number, last: number): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (const [id, end] of [...lineage, [branchId, last] as const]) {
    const from = Math.max(start, first);
    const to = Math.min(end, last);
    if (from <= to) segments.push({ branchId: id, from, to });
    start = end + 1;
  }
  return segments;
}

/**
 * Returns a page of the loaded messages, which are in the order of the direction. If fewer than `requested` were loaded,
 * because they are large, the page says that more follow.
 */
export function withoutRest(
  loaded: readonly Message[],
  requested: number,
  direction: PageRequest<number>['direction'],
  { hasNextPage, hasPreviousPage }: Pick<Depths, 'hasNextPage' | 'hasPreviousPage'>,
): Page<Message> {
  const isCut = loaded.length < requested;
  return direction === 'forward'
    ? { items: loaded, hasNextPage: hasNextPage || isCut, hasPreviousPage }
    : { items: loaded.toReversed(), hasNextPage, hasPreviousPage: hasPreviousPage || isCut };
}
