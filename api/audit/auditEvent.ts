import type { FailureCode } from '../errors/failures.ts';

/** The actions that the audit log records. A mutation's action has the mutation's name; an event's is in the past tense. */
export const auditActions = {
  SIGN_IN: 'Signed in with a password.',
  SINGLE_SIGN_ON: 'Signed in with an OpenID Connect provider.',
  SIGN_OUT: 'Ended the current session.',
  REVOKE_SESSION: 'Ended one of their own sessions, or all but the current one.',
  CHANGE_PASSWORD: 'Changed their own password.',
  CHOOSE_PASSWORD: 'Set a new password through a password reset link, and signed in.',
  CREATE_API_KEY: 'Created an API key.',
  REVOKE_API_KEY: 'Revoked an API key.',
  EXPORT_ACCOUNT: 'Exported their own data.',
  DELETE_ACCOUNT: 'Deleted their own account, with all its data.',
  INVITE_USER: 'Created an invite.',
  REVOKE_INVITE: 'Revoked an invite.',
  ACCEPT_INVITE: 'Created their account through an invite, and signed in.',
  CREATE_USER: 'Created a user.',
  SET_USER_ROLE: 'Changed the role of a user.',
  DISABLE_USER: 'Disabled a user.',
  ENABLE_USER: 'Enabled a user.',
  DELETE_USER: 'Deleted a user, with all their data.',
  RESET_USER_PASSWORD: 'Created a password reset link for a user.',
  SET_USER_QUOTA: 'Set the token quotas of a user.',
  DELETE_CONVERSATION: 'Deleted a conversation.',
  PULL_MODEL: 'Started the download of a model.',
  CANCEL_MODEL_PULL: 'Cancelled the download of a model.',
  DELETE_MODEL: 'Deleted a model.',
  GENERATE: 'Started a generation.',
  CANCEL_GENERATION: 'Cancelled one of their own generations.',
  CANCEL_ACTIVE_GENERATION: 'Cancelled a generation of any user.',
  GENERATION_ENDED: 'A generation ended, with any status.',
  EXPORT_AUDIT_LOG: 'Exported the audit log as CSV.',
  EVENTS_LOST: 'Events were lost while the store was unavailable; `count` says how many.',
  ENTRIES_DROPPED: 'The oldest entries were deleted because they are older than `AUDIT_DAYS`.',
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
