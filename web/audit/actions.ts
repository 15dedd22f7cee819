import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { AuditAction } from './__generated__/AuditEventRow_event.graphql.ts';

interface LabelledActions {
  readonly label: MessageDescriptor;
  readonly actions: Readonly<Partial<Record<AuditAction, MessageDescriptor>>>;
}

/** The labels of audited actions, grouped as an administrator looks for them. */
export const kinds = {
  SIGN_INS: {
    label: msg`Sign-ins`,
    actions: {
      SIGN_IN: msg`Sign in`,
      SINGLE_SIGN_ON: msg`Sign in with single sign-on`,
      ACCEPT_INVITE: msg`Accept an invite`,
      SIGN_OUT: msg`Sign out`,
      REVOKE_SESSION: msg`End a session`,
      CHANGE_PASSWORD: msg`Change the password`,
      CHOOSE_PASSWORD: msg`Choose a new password`,
    },
  },
  ANSWERS: {
    label: msg`Answers`,
    actions: {
      GENERATE: msg`Ask for an answer`,
      EMBED: msg`Compute embeddings`,
      CANCEL_GENERATION: msg`Stop an answer`,
      CANCEL_ACTIVE_GENERATION: msg`Stop another user’s answer`,
      DECIDE_TOOL_CALL: msg`Decide on a call of a tool`,
      TOOL_CALLED: msg`Call of a tool`,
      GENERATION_ENDED: msg`End of an answer`,
    },
  },
  USERS: {
    label: msg`Users and invites`,
    actions: {
      INVITE_USER: msg`Invite a user`,
      REVOKE_INVITE: msg`Revoke an invite`,
      CREATE_USER: msg`Create a user`,
      SET_USER_ROLE: msg`Change a role`,
      SET_USER_QUOTA: msg`Change a quota`,
      DISABLE_USER: msg`Disable a user`,
      ENABLE_USER: msg`Enable a user`,
      RESET_USER_PASSWORD: msg`Reset a password`,
      DELETE_USER: msg`Delete a user`,
      DELETE_ACCOUNT: msg`Delete own account`,
    },
  },
  API_KEYS: {
    label: msg`API keys`,
    actions: {
      CREATE_API_KEY: msg`Create an API key`,
      REVOKE_API_KEY: msg`Revoke an API key`,
    },
  },
  PRESETS: {
    label: msg`Presets`,
    actions: {
      CREATE_PRESET: msg`Create a preset`,
      UPDATE_PRESET: msg`Change a preset`,
      DELETE_PRESET: msg`Delete a preset`,
    },
  },
  BATCHES: {
    label: msg`Batches`,
    actions: {
      RUN_BATCH: msg`Start a batch`,
      CANCEL_BATCH: msg`Cancel a batch`,
      DELETE_BATCH: msg`Delete a batch`,
      BATCH_ENDED: msg`End of a batch`,
    },
  },
  COLLECTIONS: {
    label: msg`Collections`,
    actions: {
      CREATE_COLLECTION: msg`Create a collection`,
      UPDATE_COLLECTION: msg`Change a collection`,
      ADD_DOCUMENTS: msg`Add documents to a collection`,
      REMOVE_DOCUMENTS: msg`Remove documents from a collection`,
      SHARE_COLLECTION: msg`Share a collection`,
      WITHDRAW_COLLECTION: msg`Withdraw a collection`,
      DELETE_COLLECTION: msg`Delete a collection`,
    },
  },
  DOCKER: {
    label: msg`Docker commands`,
    actions: {
      RUN_DOCKER_COMMAND: msg`Run a Docker command`,
      REQUEST_DOCKER_COMMAND: msg`Request a Docker command`,
      CONFIRM_DOCKER_COMMAND: msg`Confirm a Docker command`,
      DECLINE_DOCKER_COMMAND: msg`Decline a Docker command`,
    },
  },
  HEALING: {
    label: msg`Agent self-healing`,
    actions: {
      REGISTER_HEALING_AGENT: msg`Register an agent`,
      DELETE_HEALING_AGENT: msg`Delete an agent`,
      REPORT_AGENT_FAILURE: msg`Report a failure of an agent`,
      REPORT_ACTION_RESULT: msg`Report the result of an action`,
      APPROVE_AGENT_ACTION: msg`Approve an action of an agent`,
      CLOSE_HEALING: msg`Close a failure of an agent`,
    },
  },
  MODELS: {
    label: msg`Models`,
    actions: {
      PULL_MODEL: msg`Pull a model`,
      CANCEL_MODEL_PULL: msg`Cancel a model pull`,
      DELETE_MODEL: msg`Delete a model`,
    },
  },
  EXPORTS: {
    label: msg`Exports and deletions`,
    actions: {
      EXPORT_ACCOUNT: msg`Export own data`,
      EXPORT_AUDIT_LOG: msg`Export the audit log`,
      DELETE_CONVERSATION: msg`Delete a conversation`,
      UPLOAD_ATTACHMENT: msg`Upload a file`,
      DELETE_ATTACHMENT: msg`Delete a file`,
      SHARE_CONVERSATION: msg`Share a conversation`,
      REVOKE_SHARE: msg`Revoke a shared link`,
      CONVERSATIONS_EXPIRED: msg`Delete expired conversations`,
      PLACE_LEGAL_HOLD: msg`Place a legal hold`,
      RELEASE_LEGAL_HOLD: msg`Release a legal hold`,
    },
  },
  LIMITS: {
    label: msg`Limits`,
    actions: {
      LIMIT_REACHED: msg`Limit reached`,
    },
  },
  LOG: {
    label: msg`The log itself`,
    actions: {
      EVENTS_LOST: msg`Events lost`,
      ENTRIES_DROPPED: msg`Old entries dropped`,
    },
  },
} as const satisfies Readonly<Record<string, LabelledActions>>;

export type Kind = keyof typeof kinds;

const labels: Readonly<Record<string, MessageDescriptor>> = Object.assign(
  {},
  ...Object.values(kinds).map(({ actions }) => actions),
);

/** Makes the API name of an action readable, for actions that only a newer server knows. */
const readable = (action: string): string => {
  const text = action.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const wordsOf = (action: string): string => {
  const label = labels[action];
  return label ? i18n._(label) : readable(action);
};

export const actionsOf = (kind: Kind): AuditAction[] => Object.keys(kinds[kind].actions) as AuditAction[];
