import { type ChainLink, faultOf } from './chain.ts';
import type { AuditStore } from './store.ts';

/** Entries that are in memory at a time. */
const batchEntries = 1000;

/** What a look at the whole chain found. */
export type Verdict =
  | {
      readonly is: 'whole';
      readonly entries: number;
      /** Those before the first one are dropped; null: there is no entry. */
      readonly first: (ChainLink & { readonly at: Date }) | null;
      readonly last: ChainLink & { readonly at: Date | null };
    }
  /** From `seq` on nothing is certain. */
  | { readonly is: 'broken'; readonly seq: number; readonly why: string }
  /** What was noted down elsewhere was dropped since. */
  | { readonly is: 'too old'; readonly anchor: ChainLink };

/**
 * Checks every entry against the one before it, from the anchor to the end, and the one that was noted down against
 * `expected`. What is appended or dropped meanwhile does no harm.
 */
export const verifyChain = async (
  store: Pick<AuditStore, 'anchor' | 'chainAfter'>,
  expected: ChainLink | null = null,
): Promise<Verdict> => {
  let last: ChainLink & { readonly at: Date | null } = { ...(await store.anchor()), at: null };
  let first: (ChainLink & { readonly at: Date }) | null = null;
  let entries = 0;
  if (expected && expected.seq < last.seq) return { is: 'too old', anchor: last };

  if (expected?.seq === last.seq && expected.hash !== last.hash) return otherThanNoted(last.seq);
  for (;;) {
    const batch = await store.chainAfter(last.seq, batchEntries);
    for (const entry of batch) {
      const why = faultOf(entry, last);
      if (why !== null) {
        const anchor = await store.anchor();
        // What was to come next was dropped a moment ago.
        if (anchor.seq > last.seq) return verifyChain(store, expected);
        return { is: 'broken', seq: entry.seq, why };
      }
      const { seq, hash, at } = entry;
      if (expected?.seq === seq && expected.hash !== hash) return otherThanNoted(seq);
      last = { seq, hash, at };
      first ??= { seq, hash, at };
      entries += 1;
    }
    if (batch.length === 0) break;
  }
  if (expected && expected.seq > last.seq) {
    const why = `entry ${expected.seq} was noted down, and entry ${last.seq} is the last: the end was cut off`;
    return { is: 'broken', seq: last.seq + 1, why };
  }
  return { is: 'whole', entries, first, last };
};

const otherThanNoted = (seq: number): Verdict => ({
  is: 'broken',
  seq,
  why: 'its hash is not the one that was noted down: the chain was written anew',
});
