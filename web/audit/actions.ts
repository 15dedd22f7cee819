import type { AuditAction } from './__generated__/AuditEventRow_event.graphql.ts';

/** The labels of audited actions, grouped as an administrator looks for them. */
export const kinds = {
  'Sign-ins': {
    SIGN_IN: 'Sign in',
    SINGLE_SIGN_ON: 'Sign in with single sign-on',
    ACCEPT_INVITE: 'Accept an invite',
    SIGN_OUT: 'Sign out',
    REVOKE_SESSION: 'End a session',
    CHANGE_PASSWORD: 'Change the password',
    CHOOSE_PASSWORD: 'Choose a new password',
  },
  Answers: {
    GENERATE: 'Ask for an answer',
    EMBED: 'Compute embeddings',
    CANCEL_GENERATION: 'Stop an answer',
    CANCEL_ACTIVE_GENERATION: 'Stop another user’s answer',
    GENERATION_ENDED: 'End of an answer',
  },
  'Users and invites': {
    INVITE_USER: 'Invite a user',
    REVOKE_INVITE: 'Revoke an invite',
    CREATE_USER: 'Create a user',
    SET_USER_ROLE: 'Change a role',
    SET_USER_QUOTA: 'Change a quota',
    DISABLE_USER: 'Disable a user',
    ENABLE_USER: 'Enable a user',
    RESET_USER_PASSWORD: 'Reset a password',
    DELETE_USER: 'Delete a user',
    DELETE_ACCOUNT: 'Delete own account',
  },
  'API keys': {
    CREATE_API_KEY: 'Create an API key',
    REVOKE_API_KEY: 'Revoke an API key',
  },
  Presets: {
    CREATE_PRESET: 'Create a preset',
    UPDATE_PRESET: 'Change a preset',
    DELETE_PRESET: 'Delete a preset',
  },
  'Docker commands': {
    RUN_DOCKER_COMMAND: 'Run a Docker command',
    REQUEST_DOCKER_COMMAND: 'Request a Docker command',
    CONFIRM_DOCKER_COMMAND: 'Confirm a Docker command',
    DECLINE_DOCKER_COMMAND: 'Decline a Docker command',
  },
  'Agent self-healing': {
    REGISTER_HEALING_AGENT: 'Register an agent',
    DELETE_HEALING_AGENT: 'Delete an agent',
    REPORT_AGENT_FAILURE: 'Report a failure of an agent',
    REPORT_ACTION_RESULT: 'Report the result of an action',
    APPROVE_AGENT_ACTION: 'Approve an action of an agent',
    CLOSE_HEALING: 'Close a healing',
  },
  Models: {
    PULL_MODEL: 'Pull a model',
    CANCEL_MODEL_PULL: 'Cancel a model pull',
    DELETE_MODEL: 'Delete a model',
  },
  'Exports and deletions': {
    EXPORT_ACCOUNT: 'Export own data',
    EXPORT_AUDIT_LOG: 'Export the audit log',
    DELETE_CONVERSATION: 'Delete a conversation',
    UPLOAD_ATTACHMENT: 'Upload a file',
    DELETE_ATTACHMENT: 'Delete a file',
    SHARE_CONVERSATION: 'Share a conversation',
    REVOKE_SHARE: 'Revoke a shared link',
    CONVERSATIONS_EXPIRED: 'Delete expired conversations',
    PLACE_LEGAL_HOLD: 'Place a legal hold',
    RELEASE_LEGAL_HOLD: 'Release a legal hold',
  },
  Limits: {
    LIMIT_REACHED: 'Limit reached',
  },
  'The log itself': {
    EVENTS_LOST: 'Events lost',
    ENTRIES_DROPPED: 'Old entries dropped',
  },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<AuditAction, string>>>>>;

export type Kind = keyof typeof kinds;

const words: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(kinds));

/** Makes the API name of an action readable, for actions that only a newer server knows. */
const readable = (action: string): string => {
  const text = action.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const wordsOf = (action: string): string => words[action] ?? readable(action);

export const actionsOf = (kind: Kind): AuditAction[] => Object.keys(kinds[kind]) as AuditAction[];
