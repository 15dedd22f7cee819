import type { Accounts } from '../../accounts/service.ts';
import type { ApiKeys } from '../../apiKeys/service.ts';
import { clientActor, type UserLookup, userFields, viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';
import { decorateOneTimeLinks } from './oneTimeLinks.ts';
import { decorateUsers } from './users.ts';

/** Decorates the accounts service: records every sign-in and every change. */
export const decorateAccounts = (
  accounts: Accounts,
  recorder: AuditRecorder,
  userLookup: UserLookup,
): Accounts => {
  const { sessions, apiKeys } = accounts;
  return {
    ...accounts,

    signIn: (username, password, client) =>
      recorder.attempt(
        {
          action: 'SIGN_IN',
          actor: clientActor(client),
          onSuccess: ({ user, session }) => ({ ...userFields(user), details: { sessionId: session.id } }),
          // An unknown name may be a password typed into the wrong field, so it isn't recorded.
          onFailure: async () => {
            const user = await userLookup.findUserByName(username);
            return user ? userFields(user) : {};
          },
        },
        () => accounts.signIn(username, password, client),
      ),

    async ensureAdmin(password) {
      const admin = await accounts.ensureAdmin(password);
      if (admin.created) {
        const details = { role: 'ADMIN' };
        await recorder.record({ action: 'CREATE_USER', target: admin.username, details });
      }
      return admin;
    },

    signOutViewer: (viewer) =>
      recorder.attempt({ action: 'SIGN_OUT', actor: viewerActor(viewer) }, () =>
        accounts.signOutViewer(viewer),
      ),

    changePassword: (viewer, current, next, client) =>
      recorder.attempt({ action: 'CHANGE_PASSWORD', actor: viewerActor(viewer) }, () =>
        accounts.changePassword(viewer, current, next, client),
      ),

    sessions: {
      ...sessions,
      revoke: (viewer, sessionId) =>
        recorder.attempt({ action: 'REVOKE_SESSION', actor: viewerActor(viewer), targetId: sessionId }, () =>
          sessions.revoke(viewer, sessionId),
        ),
      revokeOthers: (viewer) =>
        recorder.attempt(
          {
            action: 'REVOKE_SESSION',
            actor: viewerActor(viewer),
            target: 'all others',
            onSuccess: (ended) => ({ details: { ended } }),
          },
          () => sessions.revokeOthers(viewer),
        ),
    },

    apiKeys: decorateApiKeys(apiKeys, recorder),
    users: decorateUsers(accounts.users, recorder, userLookup),
    oneTimeLinks: decorateOneTimeLinks(accounts.oneTimeLinks, recorder, userLookup),
  };
};

const decorateApiKeys = (apiKeys: ApiKeys, recorder: AuditRecorder): ApiKeys => ({
  ...apiKeys,
  create: (viewer, input) =>
    recorder.attempt(
      {
        action: 'CREATE_API_KEY',
        actor: viewerActor(viewer),
        target: input.name,
        details: { scopes: input.scopes.join(' '), expiresAt: input.expiresAt?.toISOString() ?? null },
        onSuccess: ({ key }) => ({ target: key.name, targetId: key.id }),
      },
      () => apiKeys.create(viewer, input),
    ),
  revoke: (viewer, id) =>
    recorder.attempt({ action: 'REVOKE_API_KEY', actor: viewerActor(viewer), targetId: id }, () =>
      apiKeys.revoke(viewer, id),
    ),
});
