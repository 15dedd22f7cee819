import type { PageRequest } from '../paging/pages.ts';

/**
 * How a branch is reached: from the root on, each branch the way runs through and the depth at which it leaves it.
 * A branch that begins with a root has none.
 */
export type Lineage = readonly (readonly [branchId: string, lastDepth: number])[];

/** The messages of one branch whose depths are `from` to `to`, both included. */
export interface Segment {
  readonly branchId: string;
  readonly from: number;
  readonly to: number;
}

/** A page of depths, both ends included; empty where `last < first`. */
export interface Depths {
  readonly first: number;
  readonly last: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** A path has one message at each depth from 0 to its leaf's, so that its pages are arithmetic. */
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

/** Where the messages of depths `first` to `last` are, on the way to a leaf in `branchId`; in order of depth. */
export function segmentsOf(lineage: Lineage, branchId: string, first: number, last: number): Segment[] {
  const segments: Segment[] = [];
  let begin = 0;
  for (const [id, end] of [...lineage, [branchId, last] as const]) {
    const from = Math.max(begin, first);
    const to = Math.min(end, last);
    if (from <= to) segments.push({ branchId: id, from, to });
    begin = end + 1;
  }
  return segments;
}
