import type { Conversations } from '../../conversations/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** The same conversations, with the end of each written down; not its title, which is made of its first prompt. */
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
