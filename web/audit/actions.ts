import type { AuditAction } from './__generated__/AuditEventRow_event.graphql.ts';

/** What was done, or tried, in the words of the list, by what an administrator looks for. */
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
    CANCEL_GENERATION: 'Stop an answer',
    CANCEL_ACTIVE_GENERATION: 'Stop an answer of somebody',
    GENERATION_ENDED: 'End of an answer',
  },
  'Users and invites': {
    INVITE_USER: 'Invite somebody',
    REVOKE_INVITE: 'Take an invite back',
    CREATE_USER: 'Make a user',
    SET_USER_ROLE: 'Change a role',
    SET_USER_QUOTA: 'Change a quota',
    DISABLE_USER: 'Disable a user',
    ENABLE_USER: 'Enable a user',
    RESET_USER_PASSWORD: 'Reset a password',
    DELETE_USER: 'Delete a user',
    DELETE_ACCOUNT: 'Delete the own account',
  },
  'API keys': {
    CREATE_API_KEY: 'Make an API key',
    REVOKE_API_KEY: 'Revoke an API key',
  },
  Models: {
    PULL_MODEL: 'Fetch a model',
    CANCEL_MODEL_PULL: 'Stop fetching a model',
    DELETE_MODEL: 'Delete a model',
  },
  'Exports and deletions': {
    EXPORT_ACCOUNT: 'Export the own data',
    EXPORT_AUDIT_LOG: 'Export the audit log',
    DELETE_CONVERSATION: 'Delete a conversation',
  },
  'The log itself': {
    EVENTS_LOST: 'Loss of events',
    ENTRIES_DROPPED: 'Drop of old entries',
  },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<AuditAction, string>>>>>;

export type Kind = keyof typeof kinds;

const words: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(kinds));

/** Of a server that knows more than this page: its own name, to be read. */
const readable = (action: string): string => {
  const text = action.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const wordsOf = (action: string): string => words[action] ?? readable(action);

export const actionsOf = (kind: Kind): AuditAction[] => Object.keys(kinds[kind]) as AuditAction[];
