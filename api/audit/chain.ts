import { createHash } from 'node:crypto';
import { foldUsername } from '../access/user.ts';
import type { AuditDetails, AuditEntry, AuditEvent } from './auditEvent.ts';

/** An entry as stored, with its derived columns, so that tampering with those is detected too. */
export interface StoredEntry extends AuditEntry {
  /** The user name that the log is searched by. */
  readonly foldedUsername: string | null;
  /** The stored text of `details`. */
  readonly detailsText: string;
}

/** A position in the chain with its hash, against which the next entry is checked. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** The position before the first entry. */
export const genesis: ChainLink = { seq: 0, hash: '0'.repeat(64) };

/** The version of the serialization. It is hashed too, so that entries of different versions can't be confused. */
const formatVersion = 'ziggie-audit-1';

/** Returns JSON with sorted keys: the same text for the same details in every store. */
export const canonicalDetails = (details: AuditDetails): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(details).sort(([one], [other]) => (one < other ? -1 : 1))),
  );

/**
 * Serializes all fields as a JSON array in this order: unambiguous, because JSON delimits texts and distinguishes null
 * from "null". The time is in milliseconds since 1970.
 */
const serialize = (event: AuditEvent, seq: number, previousHash: string): string =>
  JSON.stringify([
    formatVersion,
    seq,
    previousHash,
    event.id,
    event.at.getTime(),
    event.action,
    event.outcome,
    event.userId,
    event.username,
    event.target,
    event.targetId,
    event.address,
    event.requestId,
    canonicalDetails(event.details),
    event.count,
  ]);

const hashOf = (event: AuditEvent, seq: number, previousHash: string): string =>
  createHash('sha256')
    .update(serialize(event, seq, previousHash))
    .digest('hex');

/** Turns events into the entries that follow `last`, in their order. */
export const chain = (events: readonly AuditEvent[], last: ChainLink): AuditEntry[] => {
  let { seq, hash: previousHash } = last;
  return events.map((event) => {
    seq += 1;
    const hash = hashOf(event, seq, previousHash);
    const entry = { ...event, seq, previousHash, hash };
    previousHash = hash;
    return entry;
  });
};

/** Returns the folded user name of an event; null if it has no user name. */
export const foldedUsernameOf = ({ username }: AuditEvent): string | null =>
  username === null ? null : foldUsername(username);

/** Returns why `entry` can't be the one after `last`; null if it is valid. */
export const faultOf = (entry: StoredEntry, last: ChainLink): string | null => {
  const expected = last.seq + 1;
  if (entry.seq < expected) return `its number is ${entry.seq} instead of ${expected}`;
  if (entry.seq === expected + 1) return `entry ${expected} is missing before it`;
  if (entry.seq > expected) return `entries ${expected} to ${entry.seq - 1} are missing before it`;
  if (entry.previousHash !== last.hash)
    return 'it does not follow the previous entry: one of the two was replaced';
  if (entry.hash !== hashOf(entry, entry.seq, entry.previousHash)) return 'its fields were changed';
  if (entry.foldedUsername !== foldedUsernameOf(entry)) return 'its search name is not its user’s name';
  if (entry.detailsText !== canonicalDetails(entry.details)) return 'the text of its details was changed';
  return null;
};
