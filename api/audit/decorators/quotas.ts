import type { Quotas } from '../../usage/quotas.ts';
import { type UserLookup, viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the quotas service: records the overrides that administrators set. */
export const decorateQuotas = (
  quotas: Quotas,
  recorder: AuditRecorder,
  userLookup: Pick<UserLookup, 'findUser'>,
): Quotas => ({
  ...quotas,
  set: async (viewer, userId, { day, month }) => {
    const target = (await userLookup.findUser(userId))?.username ?? null;
    return recorder.attempt(
      {
        action: 'SET_USER_QUOTA',
        actor: viewerActor(viewer),
        target,
        targetId: userId,
        details: { day, month },
      },
      () => quotas.set(viewer, userId, { day, month }),
    );
  },
});
