import type { Conversations } from '../../conversations/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the conversations service: records deletions, without the title, which derives from the first prompt. */
export const decorateConversations = (
  conversations: Conversations,
  recorder: AuditRecorder,
): Conversations => ({
  ...conversations,
  delete: (viewer, id) =>
    recorder.attempt({ action: 'DELETE_CONVERSATION', actor: viewerActor(viewer), targetId: id }, () =>
      conversations.delete(viewer, id),
    ),
});
