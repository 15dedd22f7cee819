import type { Links } from '../../accounts/oneTimeLinks.ts';
import { type Names, whoIs } from '../actor.ts';
import { type Audit, byClient, byViewer } from '../recorder.ts';

/** The same invites and resets, with what is done by them written down; never their secrets. */
export const auditedLinks = (links: Links, audit: Audit, names: Names): Links => ({
  ...links,
  invite: (viewer, role, note) =>
    audit.attempt(
      {
        action: 'INVITE_USER',
        by: byViewer(viewer),
        target: note,
        details: { role },
        done: ({ link }) => ({ targetId: link.id }),
      },
      () => links.invite(viewer, role, note),
    ),
  revokeInvite: (viewer, id) =>
    audit.attempt({ action: 'REVOKE_INVITE', by: byViewer(viewer), targetId: id }, () =>
      links.revokeInvite(viewer, id),
    ),
  resetPassword: async (viewer, userId, password, client) => {
    const target = (await names.findUser(userId))?.username ?? null;
    return audit.attempt(
      { action: 'RESET_USER_PASSWORD', by: byViewer(viewer), target, targetId: userId },
      () => links.resetPassword(viewer, userId, password, client),
    );
  },
  acceptInvite: (secret, username, password, client) =>
    audit.attempt(
      {
        action: 'ACCEPT_INVITE',
        by: byClient(client),
        done: ({ user, session }) => ({
          ...whoIs(user),
          details: { role: user.role, sessionId: session.id },
        }),
      },
      () => links.acceptInvite(secret, username, password, client),
    ),
  choosePassword: (secret, password, client) =>
    audit.attempt(
      {
        action: 'CHOOSE_PASSWORD',
        by: byClient(client),
        done: ({ user, session }) => ({ ...whoIs(user), details: { sessionId: session.id } }),
      },
      () => links.choosePassword(secret, password, client),
    ),
});
