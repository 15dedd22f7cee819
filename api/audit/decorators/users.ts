import type { Viewer } from '../../access/viewer.ts';
import type { Users } from '../../accounts/users.ts';
import { type UserLookup, viewerActor } from '../actor.ts';
import type { AuditAction, AuditDetails } from '../auditEvent.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the users service: records the changes of administrators, and deletions of the own account. */
export const decorateUsers = (users: Users, recorder: AuditRecorder, userLookup: UserLookup): Users => {
  /** Records an action on a user with the name before the action, because the action may delete the user. */
  const attempt = async <Result>(
    action: AuditAction,
    viewer: Viewer,
    userId: string,
    act: () => Promise<Result>,
    details: AuditDetails = {},
  ): Promise<Result> => {
    const target = (await userLookup.findUser(userId))?.username ?? null;
    return recorder.attempt({ action, actor: viewerActor(viewer), target, targetId: userId, details }, act);
  };

  return {
    ...users,
    create: (viewer, input) =>
      recorder.attempt(
        {
          action: 'CREATE_USER',
          actor: viewerActor(viewer),
          details: { role: input.role },
          onSuccess: ({ id, username }) => ({ target: username, targetId: id }),
        },
        () => users.create(viewer, input),
      ),
    setRole: (viewer, userId, role) =>
      attempt('SET_USER_ROLE', viewer, userId, () => users.setRole(viewer, userId, role), { role }),
    disable: (viewer, userId) => attempt('DISABLE_USER', viewer, userId, () => users.disable(viewer, userId)),
    enable: (viewer, userId) => attempt('ENABLE_USER', viewer, userId, () => users.enable(viewer, userId)),
    delete: (viewer, userId) => attempt('DELETE_USER', viewer, userId, () => users.delete(viewer, userId)),
    deleteSelf: (viewer, password, client) => {
      const { id: targetId, username: target } = viewer.user;
      return recorder.attempt(
        { action: 'DELETE_ACCOUNT', actor: viewerActor(viewer), target, targetId },
        () => users.deleteSelf(viewer, password, client),
      );
    },
  };
};
