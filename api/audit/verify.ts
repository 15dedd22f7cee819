import type { AuditEntry } from './auditEvent.ts';
import { type ChainLink, faultOf, genesis } from './chain.ts';
import type { AuditStore } from './store/store.ts';

/** The number of entries in memory at a time. */
const batchEntries = 1000;

/** The result of a verification of the whole chain. */
export type Verdict =
  | {
      readonly is: 'whole';
      readonly entries: number;
      /** The oldest entry; earlier ones were dropped. Null: there are no entries. */
      readonly first: (ChainLink & { readonly at: Date }) | null;
      readonly last: ChainLink & { readonly at: Date | null };
    }
  /** Entries from `seq` on can't be trusted. */
  | { readonly is: 'broken'; readonly seq: number; readonly why: string }
  /** The expected entry was dropped since it was noted. */
  | { readonly is: 'too old'; readonly anchor: ChainLink };

/**
 * Verifies the chain: every entry from the anchor to the end follows the previous one, an entry announces the drop that
 * the anchor stands for, and the entry of `expected` has the noted hash. Entries may be appended or dropped at the time.
 */
export const verifyChain = async (
  store: Pick<AuditStore, 'anchor' | 'chainAfter'>,
  expected: ChainLink | null = null,
): Promise<Verdict> => {
  let last: ChainLink & { readonly at: Date | null } = { ...(await store.anchor()), at: null };
  let first: (ChainLink & { readonly at: Date }) | null = null;
  let entries = 0;
  if (expected && expected.seq < last.seq) return { is: 'too old', anchor: last };

  const anchor: ChainLink = { seq: last.seq, hash: last.hash };
  /** Whether an entry announces that everything up to the anchor was dropped. At the genesis nothing was dropped. */
  let isAnchorConfirmed = isSame(anchor, genesis);

  if (expected?.seq === last.seq && expected.hash !== last.hash) return otherThanNoted(last.seq);
  for (;;) {
    const batch = await store.chainAfter(last.seq, batchEntries);
    for (const entry of batch) {
      const why = faultOf(entry, last);
      if (why !== null) {
        // The next entry may have been dropped in the meantime.
        if ((await store.anchor()).seq > last.seq) return verifyChain(store, expected);
        return { is: 'broken', seq: entry.seq, why };
      }
      const { seq, hash, at } = entry;
      if (expected?.seq === seq && expected.hash !== hash) return otherThanNoted(seq);
      const dropped = droppedUpTo(entry);
      // Recorded before the drop: an interrupted drop ends before the position that its entry announces.
      if (dropped && (isSame(dropped, anchor) || dropped.seq > anchor.seq)) isAnchorConfirmed = true;
      last = { seq, hash, at };
      first ??= { seq, hash, at };
      entries += 1;
    }
    if (batch.length === 0) break;
  }
  if (expected && expected.seq > last.seq) {
    const why = `entry ${expected.seq} was noted, but entry ${last.seq} is the last: entries were removed from the end`;
    return { is: 'broken', seq: last.seq + 1, why };
  }
  if (!isAnchorConfirmed) {
    const why =
      'no entry announces a drop up to it by AUDIT_DAYS: entries were removed and the anchor was forged';
    return { is: 'broken', seq: anchor.seq, why };
  }
  return { is: 'whole', entries, first, last };
};

/** Returns the last entry of the drop that `entry` announces; null if it announces none. */
const droppedUpTo = ({ action, details }: AuditEntry): ChainLink | null =>
  action === 'ENTRIES_DROPPED' && typeof details.lastSeq === 'number' && typeof details.lastHash === 'string'
    ? { seq: details.lastSeq, hash: details.lastHash }
    : null;

const isSame = (one: ChainLink, other: ChainLink): boolean =>
  one.seq === other.seq && one.hash === other.hash;

const otherThanNoted = (seq: number): Verdict => ({
  is: 'broken',
  seq,
  why: 'its hash differs from the noted one: the chain was rewritten',
});
