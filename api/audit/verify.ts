import type { AuditEntry } from './auditEvent.ts';
import { type ChainLink, faultOf, genesis } from './chain.ts';
import type { AuditStore } from './store/store.ts';

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
 * Checks every entry against the one before it, from the anchor to the end, that an entry of the chain
 * announces what the anchor says was dropped, and the one that was noted down against
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

  const anchor: ChainLink = { seq: last.seq, hash: last.hash };
  /** Whether an entry of the chain says that all up to the anchor was dropped. Nothing was, where it is the genesis. */
  let isAnchorConfirmed = isSame(anchor, genesis);

  if (expected?.seq === last.seq && expected.hash !== last.hash) return otherThanNoted(last.seq);
  for (;;) {
    const batch = await store.chainAfter(last.seq, batchEntries);
    for (const entry of batch) {
      const why = faultOf(entry, last);
      if (why !== null) {
        // What was to come next was dropped a moment ago.
        if ((await store.anchor()).seq > last.seq) return verifyChain(store, expected);
        return { is: 'broken', seq: entry.seq, why };
      }
      const { seq, hash, at } = entry;
      if (expected?.seq === seq && expected.hash !== hash) return otherThanNoted(seq);
      const dropped = droppedUpTo(entry);
      // Written before anything goes: a drop that was cut off has come less far than its entry says.
      if (dropped && (isSame(dropped, anchor) || dropped.seq > anchor.seq)) isAnchorConfirmed = true;
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
  if (!isAnchorConfirmed) {
    const why =
      'no entry says that all up to it was dropped by AUDIT_DAYS: entries were removed, and the anchor was forged';
    return { is: 'broken', seq: anchor.seq, why };
  }
  return { is: 'whole', entries, first, last };
};

/** The last entry that a drop takes, where `entry` announces one. */
const droppedUpTo = ({ action, details }: AuditEntry): ChainLink | null =>
  action === 'ENTRIES_DROPPED' && typeof details.lastSeq === 'number' && typeof details.lastHash === 'string'
    ? { seq: details.lastSeq, hash: details.lastHash }
    : null;

const isSame = (one: ChainLink, other: ChainLink): boolean =>
  one.seq === other.seq && one.hash === other.hash;

const otherThanNoted = (seq: number): Verdict => ({
  is: 'broken',
  seq,
  why: 'its hash is not the one that was noted down: the chain was written anew',
});
