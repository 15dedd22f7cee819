import { foldUsername } from '../accounts/account.ts';
import type { AuditDetails, AuditEntry } from './auditEvent.ts';
import { canonicalDetails } from './chain.ts';

/** `details` is JSON, so that it comes back to the letter. The unique index of `seq` makes adding one a compare-and-swap. */
export interface AuditDocument extends Omit<AuditEntry, 'id' | 'details'> {
  readonly _id: string;
  readonly details: string;
  readonly foldedUsername: string | null;
}

/** The last entry that was dropped. There is one at most. */
export interface AuditAnchorDocument {
  readonly _id: string;
  readonly seq: number;
  readonly hash: string;
}

export const anchorId = 'anchor';

export const auditDocumentOf = ({ id, details, ...entry }: AuditEntry): AuditDocument => ({
  _id: id,
  ...entry,
  details: canonicalDetails(details),
  foldedUsername: entry.username === null ? null : foldUsername(entry.username),
});

export const auditEntryOf = ({ _id, foldedUsername: _, details, ...entry }: AuditDocument): AuditEntry => ({
  id: _id,
  ...entry,
  details: JSON.parse(details) as AuditDetails,
});
