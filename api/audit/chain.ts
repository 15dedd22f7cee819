import { createHash } from 'node:crypto';
import { foldUsername } from '../access/user.ts';
import type { AuditDetails, AuditEntry, AuditEvent } from './auditEvent.ts';

/** An entry as it is stored: with the columns that are made of others, so that a change of those is found too. */
export interface StoredEntry extends AuditEntry {
  /** What the log is searched by. */
  readonly foldedUsername: string | null;
  /** `details` to the letter. */
  readonly detailsText: string;
}

/** A place in the chain, by which the entry after it is checked. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** What the first entry follows. */
export const genesis: ChainLink = { seq: 0, hash: '0'.repeat(64) };

/** Names what is hashed, and how: another form gets another name, so that no entry can be taken for one of it. */
const form = 'ziggie-audit-1';

/** JSON with its keys in order: the same for the same details, whatever stored them. */
export const canonicalDetails = (details: AuditDetails): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(details).sort(([one], [other]) => (one < other ? -1 : 1))),
  );

/**
 * A JSON list of all fields in this order: unambiguous, since JSON marks where each text ends and tells null from
 * "null". The time is in milliseconds since 1970.
 */
const serialise = (event: AuditEvent, seq: number, previousHash: string): string =>
  JSON.stringify([
    form,
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
    .update(serialise(event, seq, previousHash))
    .digest('hex');

/** The events as entries after `last`, in their order. */
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

/** The name that an entry is found by. */
export const foldedUsernameOf = ({ username }: AuditEvent): string | null =>
  username === null ? null : foldUsername(username);

/** What is wrong with `entry` as the one after `last`; null where nothing is. */
export const faultOf = (entry: StoredEntry, last: ChainLink): string | null => {
  const expected = last.seq + 1;
  if (entry.seq < expected) return `its number is ${entry.seq}, and ${expected} should stand here`;
  if (entry.seq === expected + 1) return `entry ${expected} is missing before it`;
  if (entry.seq > expected) return `entries ${expected} to ${entry.seq - 1} are missing before it`;
  if (entry.previousHash !== last.hash)
    return 'it does not follow the entry before it: one of the two was replaced';
  if (entry.hash !== hashOf(entry, entry.seq, entry.previousHash))
    return 'its fields are not those that were written';
  if (entry.foldedUsername !== foldedUsernameOf(entry))
    return 'the name that it is found by is not its user’s';
  if (entry.detailsText !== canonicalDetails(entry.details))
    return 'its details are not as they were written';
  return null;
};
