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
  CONVERSATIONS_EXPIRED:
    'Conversations of a user expire, without a new message or answer for `CONVERSATION_DAYS`; `details` name them. Stored before they are deleted. One that is held or changed meanwhile is kept, and an entry after a failure names those that remain again.',
  PLACE_LEGAL_HOLD: 'Placed a legal hold on the data of a user or on one conversation.',
  RELEASE_LEGAL_HOLD: 'Released a legal hold.',
  CREATE_COLLECTION: 'Created a collection of documents.',
  UPDATE_COLLECTION: 'Changed the name or the description of a collection.',
  SHARE_COLLECTION: 'Shared a collection with all users.',
  WITHDRAW_COLLECTION: 'Ended the sharing of a collection.',
  DELETE_COLLECTION: 'Deleted a collection, with its documents that no conversation has.',
  ADD_DOCUMENTS: 'Added documents to a collection.',
  REMOVE_DOCUMENTS: 'Removed documents from a collection.',
  CREATE_PRESET: 'Created a preset.',
  UPDATE_PRESET: 'Changed or shared a preset.',
  DELETE_PRESET: 'Deleted a preset.',
  RUN_BATCH: 'Started a batch.',
  CANCEL_BATCH: 'Cancelled a batch.',
  DELETE_BATCH: 'Deleted a batch, with its inputs and results.',
  BATCH_ENDED: 'A batch ended by itself: it is complete, failed, or expired.',
  RUN_DOCKER_COMMAND: 'Ran a Docker command that only reads.',
  REQUEST_DOCKER_COMMAND: 'Requested a Docker command that changes a container.',
  CONFIRM_DOCKER_COMMAND: 'Confirmed a Docker command of any user, which then ran.',
  DECLINE_DOCKER_COMMAND: 'Declined a Docker command of any user.',
  REGISTER_HEALING_AGENT: 'Registered an agent that reports its failures, and got its secret.',
  DELETE_HEALING_AGENT: 'Deleted a registered agent, and so its secret.',
  REPORT_AGENT_FAILURE: 'An agent reported a failure, which was diagnosed.',
  REPORT_ACTION_RESULT: 'An agent reported the result of an action.',
  APPROVE_AGENT_ACTION: 'Let an agent run one of its declared actions.',
  CLOSE_HEALING: 'Closed the attempts to heal an agent.',
  SHARE_CONVERSATION: 'Created a read-only link to a conversation.',
  REVOKE_SHARE: 'Revoked a read-only link to a conversation.',
  UPLOAD_ATTACHMENT: 'Uploaded a file.',
  DELETE_ATTACHMENT: 'Deleted an uploaded file.',
  PULL_MODEL: 'Started the download of a model.',
  CANCEL_MODEL_PULL: 'Cancelled the download of a model.',
  DELETE_MODEL: 'Deleted a model.',
  GENERATE: 'Started a generation.',
  EMBED: 'Computed embeddings.',
  CANCEL_GENERATION: 'Cancelled one of their own generations.',
  CANCEL_ACTIVE_GENERATION: 'Cancelled a generation of any user.',
  DECIDE_TOOL_CALL: 'Allowed or denied a call of a tool that a model asked for.',
  TOOL_CALLED:
    'A model called a tool for a user. `details` have its outcome, duration and sizes, but no contents.',
  GENERATION_ENDED: 'A generation ended, with any status.',
  EXPORT_AUDIT_LOG: 'Exported the audit log as CSV.',
  LIMIT_REACHED:
    'A caller reached a limit, such as that of open sockets; `details` name it. One entry for each caller and limit in ten minutes.',
  EVENTS_LOST: 'Events were lost while the store was unavailable; `count` says how many.',
  ENTRIES_DROPPED: 'The oldest entries were deleted because they are older than `AUDIT_DAYS`.',
} as const;

export type AuditAction = keyof typeof auditActions;

/** `OK`, or the code of the failure. */
export type AuditOutcome = 'OK' | FailureCode;

/** Flat, so that it reads the same in JSON and in a table cell. An absent value is unknown. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Something that happened, or was rejected. Names are those at the time: later renames and deletions don't change them. */
export interface AuditEvent {
  /** ULID with the time `at`. An event that is written twice is stored once. */
  readonly id: string;
  /** To the millisecond. */
  readonly at: Date;
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  /** The acting user; null for the service itself, and if unknown. */
  readonly userId: string | null;
  readonly username: string | null;
  /** The name of the object of the action, for people. */
  readonly target: string | null;
  readonly targetId: string | null;
  /** The IP address of the request. */
  readonly address: string | null;
  /** The response's `X-Request-Id`, also in the log. */
  readonly requestId: string | null;
  readonly details: AuditDetails;
  /** The number of occurrences: repeated failures are recorded as one event. */
  readonly count: number;
}

/** An event with its position in the hash chain. */
export interface AuditEntry extends AuditEvent {
  /** Starts at 1, without gaps. */
  readonly seq: number;
  /** The hash of the previous entry. */
  readonly previousHash: string;
  /** SHA-256 of all other fields, in hex. */
  readonly hash: string;
}

/** Selects entries; null matches any. */
export interface AuditFilter {
  readonly actions: readonly AuditAction[] | null;
  /** Matched regardless of case. */
  readonly username: string | null;
  /** Only rejected or failed attempts. */
  readonly refusedOnly: boolean;
  readonly target: string | null;
  /** Inclusive. */
  readonly from: Date | null;
  /** Exclusive. */
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
