import type { Shares } from '../../shares/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the shares service: records who publishes which conversation until when, and revocations. */
export const decorateShares = (shares: Shares, recorder: AuditRecorder): Shares => ({
  ...shares,
  create: (viewer, conversationId, days) =>
    recorder.attempt(
      {
        action: 'SHARE_CONVERSATION',
        actor: viewerActor(viewer),
        details: { conversationId, days },
        onSuccess: ({ share }) => ({ targetId: share.id }),
      },
      () => shares.create(viewer, conversationId, days),
    ),
  revoke: (viewer, id) =>
    recorder.attempt({ action: 'REVOKE_SHARE', actor: viewerActor(viewer), targetId: id }, () =>
      shares.revoke(viewer, id),
    ),
});
