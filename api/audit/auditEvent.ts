import type { FailureCode } from '../errors/failures.ts';

/** What is written down, and what it means. What is tried has the name of its mutation; what happens is said as past. */
export const auditActions = {
  SIGN_IN: 'Signed in with a password.',
  SINGLE_SIGN_ON: 'Signed in with the provider of OpenID Connect.',
  SIGN_OUT: 'Ended the session that asked.',
  REVOKE_SESSION: 'Ended one of the own sessions, or all but the one that asked.',
  CHANGE_PASSWORD: 'Changed the own password.',
  CHOOSE_PASSWORD: 'Chose a new password by the address that an administrator gave, and signed in.',
  CREATE_API_KEY: 'Made an API key.',
  REVOKE_API_KEY: 'Ended an API key.',
  EXPORT_ACCOUNT: 'Fetched a copy of all that is the user’s own.',
  DELETE_ACCOUNT: 'Deleted the own account, with all that it had.',
  INVITE_USER: 'Invited somebody.',
  REVOKE_INVITE: 'Took an invite back.',
  ACCEPT_INVITE: 'Became a user by an invite, and signed in.',
  CREATE_USER: 'Made a user.',
  SET_USER_ROLE: 'Changed what a user may do.',
  DISABLE_USER: 'Kept a user out.',
  ENABLE_USER: 'Let a user in again.',
  DELETE_USER: 'Deleted a user, with all that it had.',
  RESET_USER_PASSWORD: 'Made an address at which a user chooses a new password.',
  SET_USER_QUOTA: 'Gave a user another quota than the role has.',
  DELETE_CONVERSATION: 'Deleted a conversation.',
  PULL_MODEL: 'Began to fetch a model.',
  CANCEL_MODEL_PULL: 'Ended the fetching of a model.',
  DELETE_MODEL: 'Deleted a model.',
  GENERATE: 'Asked for an answer.',
  CANCEL_GENERATION: 'Ended an answer of one’s own that was being made.',
  CANCEL_ACTIVE_GENERATION: 'Ended an answer that was being made, whoever’s it was.',
  GENERATION_ENDED: 'An answer came to its end, whichever.',
  EXPORT_AUDIT_LOG: 'Fetched the audit log as CSV.',
  EVENTS_LOST: 'So many events could not be kept while the store was away.',
  ENTRIES_DROPPED: 'The oldest entries were dropped, since they are older than AUDIT_DAYS.',
} as const;

export type AuditAction = keyof typeof auditActions;

/** `OK`, or the code of the failure. */
export type AuditOutcome = 'OK' | FailureCode;

/** Flat, so that it reads the same in JSON and in a cell. Absent: not known. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Something that happened, or was refused. Names are those of its time: who is renamed or deleted later stays here. */
export interface AuditEvent {
  /** ULID, whose time is `at`. An event that is written twice is there once. */
  readonly id: string;
  /** To the millisecond. */
  readonly at: Date;
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  /** Who; null for the service itself, and for who is not known. */
  readonly userId: string | null;
  readonly username: string | null;
  /** What it was done to, for people. */
  readonly target: string | null;
  readonly targetId: string | null;
  /** From where: an IP address. */
  readonly address: string | null;
  /** As in the response's `X-Request-Id`, and in the log. */
  readonly requestId: string | null;
  readonly details: AuditDetails;
  /** How often: repeated refusals are written as one. */
  readonly count: number;
}

/** An event with its place in the chain. */
export interface AuditEntry extends AuditEvent {
  /** 1 for the first; no number is left out. */
  readonly seq: number;
  /** Of the entry before. */
  readonly previousHash: string;
  /** SHA-256 of all the rest, in hex. */
  readonly hash: string;
}

/** Which entries; null: any. */
export interface AuditFilter {
  readonly actions: readonly AuditAction[] | null;
  /** Regardless of case. */
  readonly username: string | null;
  /** Only what was refused or failed. */
  readonly refusedOnly: boolean;
  readonly target: string | null;
  /** This moment among them. */
  readonly from: Date | null;
  /** This moment not among them. */
  readonly to: Date | null;
}

export const everyAuditEntry: AuditFilter = {
  actions: null,
  username: null,
  refusedOnly: false,
  target: null,
  from: null,
  to: null,
};
