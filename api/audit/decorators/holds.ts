import type { Holds } from '../../holds/service.ts';
import { type UserLookup, viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the legal holds service: records who holds or releases whose data, and why. */
export const decorateHolds = (
  holds: Holds,
  recorder: AuditRecorder,
  users: Pick<UserLookup, 'findUser'>,
): Holds => ({
  ...holds,
  async place(viewer, input) {
    const { userId, conversationId, reason } = input;
    const target = (await users.findUser(userId))?.username ?? null;
    return recorder.attempt(
      {
        action: 'PLACE_LEGAL_HOLD',
        actor: viewerActor(viewer),
        target,
        targetId: userId,
        details: { conversationId, reason },
        onSuccess: ({ id }) => ({ details: { holdId: id, conversationId, reason } }),
      },
      () => holds.place(viewer, input),
    );
  },
  async release(viewer, id) {
    const [hold] = await holds.findMany(viewer, [id]);
    const target = hold ? ((await users.findUser(hold.ownerId))?.username ?? null) : null;
    return recorder.attempt(
      {
        action: 'RELEASE_LEGAL_HOLD',
        actor: viewerActor(viewer),
        target,
        targetId: hold?.ownerId ?? null,
        details: { holdId: id, ...(hold && { conversationId: hold.conversationId, reason: hold.reason }) },
      },
      () => holds.release(viewer, id),
    );
  },
});
