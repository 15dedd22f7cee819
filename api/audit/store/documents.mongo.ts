import type { Collection } from 'mongodb';
import type { AuditDetails, AuditEntry } from '../auditEvent.ts';
import { canonicalDetails, foldedUsernameOf, type StoredEntry } from '../chain.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly auditEvents: Collection<AuditDocument>;
    readonly auditAnchor: Collection<AuditAnchorDocument>;
  }
}

/** `details` is JSON text, so that it is returned unchanged. The unique index of `seq` makes an insert a compare-and-swap. */
export interface AuditDocument extends Omit<AuditEntry, 'id' | 'details'> {
  readonly _id: string;
  readonly details: string;
  readonly foldedUsername: string | null;
}

/** The last dropped entry. There is at most one document. */
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
  foldedUsername: foldedUsernameOf({ id, details, ...entry }),
});

export const auditEntryOf = ({ _id, foldedUsername: _, details, ...entry }: AuditDocument): AuditEntry => ({
  id: _id,
  ...entry,
  details: JSON.parse(details) as AuditDetails,
});

export const storedEntryOf = (document: AuditDocument): StoredEntry => ({
  ...auditEntryOf(document),
  foldedUsername: document.foldedUsername,
  detailsText: document.details,
});
