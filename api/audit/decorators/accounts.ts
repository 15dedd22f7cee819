import type { Accounts } from '../../accounts/service.ts';
import type { ApiKeys } from '../../apiKeys/service.ts';
import { type Names, whoIs } from '../actor.ts';
import { type Audit, byClient, byViewer } from '../recorder.ts';
import { auditedLinks } from './oneTimeLinks.ts';
import { auditedUsers } from './users.ts';

/** The same accounts, with all that is done to them written down. */
export const auditedAccounts = (accounts: Accounts, audit: Audit, names: Names): Accounts => {
  const { sessions, apiKeys } = accounts;
  return {
    ...accounts,

    signIn: (username, password, client) =>
      audit.attempt(
        {
          action: 'SIGN_IN',
          by: byClient(client),
          done: ({ user, session }) => ({ ...whoIs(user), details: { sessionId: session.id } }),
          // What is no name of a user may be a password, typed into the wrong field: it is kept nowhere.
          refused: async () => {
            const user = await names.findUserByName(username);
            return user ? whoIs(user) : {};
          },
        },
        () => accounts.signIn(username, password, client),
      ),

    async ensureAdmin(password) {
      const admin = await accounts.ensureAdmin(password);
      if (admin.created) {
        const details = { role: 'ADMIN' };
        await audit.record({ action: 'CREATE_USER', target: admin.username, details });
      }
      return admin;
    },

    leave: (viewer) =>
      audit.attempt({ action: 'SIGN_OUT', by: byViewer(viewer) }, () => accounts.leave(viewer)),

    changePassword: (viewer, current, next, client) =>
      audit.attempt({ action: 'CHANGE_PASSWORD', by: byViewer(viewer) }, () =>
        accounts.changePassword(viewer, current, next, client),
      ),

    sessions: {
      ...sessions,
      revoke: (viewer, sessionId) =>
        audit.attempt({ action: 'REVOKE_SESSION', by: byViewer(viewer), targetId: sessionId }, () =>
          sessions.revoke(viewer, sessionId),
        ),
      revokeOthers: (viewer) =>
        audit.attempt(
          {
            action: 'REVOKE_SESSION',
            by: byViewer(viewer),
            target: 'all others',
            done: (ended) => ({ details: { ended } }),
          },
          () => sessions.revokeOthers(viewer),
        ),
    },

    apiKeys: auditedApiKeys(apiKeys, audit),
    users: auditedUsers(accounts.users, audit, names),
    links: auditedLinks(accounts.links, audit, names),
  };
};

const auditedApiKeys = (apiKeys: ApiKeys, audit: Audit): ApiKeys => ({
  ...apiKeys,
  create: (viewer, input) =>
    audit.attempt(
      {
        action: 'CREATE_API_KEY',
        by: byViewer(viewer),
        target: input.name,
        details: { scopes: input.scopes.join(' '), expiresAt: input.expiresAt?.toISOString() ?? null },
        done: ({ key }) => ({ target: key.name, targetId: key.id }),
      },
      () => apiKeys.create(viewer, input),
    ),
  revoke: (viewer, id) =>
    audit.attempt({ action: 'REVOKE_API_KEY', by: byViewer(viewer), targetId: id }, () =>
      apiKeys.revoke(viewer, id),
    ),
});
