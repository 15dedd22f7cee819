import type { OneTimeLinks } from '../../accounts/oneTimeLinks.ts';
import { clientActor, type UserLookup, userFields, viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates invites and password resets: records their creation and use, never their secrets. */
export const decorateOneTimeLinks = (
  links: OneTimeLinks,
  recorder: AuditRecorder,
  userLookup: UserLookup,
): OneTimeLinks => ({
  ...links,
  invite: (viewer, role, note) =>
    recorder.attempt(
      {
        action: 'INVITE_USER',
        actor: viewerActor(viewer),
        target: note,
        details: { role },
        onSuccess: ({ link }) => ({ targetId: link.id }),
      },
      () => links.invite(viewer, role, note),
    ),
  revokeInvite: (viewer, id) =>
    recorder.attempt({ action: 'REVOKE_INVITE', actor: viewerActor(viewer), targetId: id }, () =>
      links.revokeInvite(viewer, id),
    ),
  resetPassword: async (viewer, userId, password, client) => {
    const target = (await userLookup.findUser(userId))?.username ?? null;
    return recorder.attempt(
      { action: 'RESET_USER_PASSWORD', actor: viewerActor(viewer), target, targetId: userId },
      () => links.resetPassword(viewer, userId, password, client),
    );
  },
  acceptInvite: (secret, username, password, client) =>
    recorder.attempt(
      {
        action: 'ACCEPT_INVITE',
        actor: clientActor(client),
        onSuccess: ({ user, session }) => ({
          ...userFields(user),
          details: { role: user.role, sessionId: session.id },
        }),
      },
      () => links.acceptInvite(secret, username, password, client),
    ),
  choosePassword: (secret, password, client) =>
    recorder.attempt(
      {
        action: 'CHOOSE_PASSWORD',
        actor: clientActor(client),
        onSuccess: ({ user, session }) => ({ ...userFields(user), details: { sessionId: session.id } }),
      },
      () => links.choosePassword(secret, password, client),
    ),
});
