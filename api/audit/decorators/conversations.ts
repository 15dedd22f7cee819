import type { Conversations } from '../../conversations/service.ts';
import { type Audit, byViewer } from '../recorder.ts';

/** The same conversations, with the end of each written down; not its title, which is made of its first prompt. */
export const auditedConversations = (conversations: Conversations, audit: Audit): Conversations => ({
  ...conversations,
  delete: (viewer, id) =>
    audit.attempt({ action: 'DELETE_CONVERSATION', by: byViewer(viewer), targetId: id }, () =>
      conversations.delete(viewer, id),
    ),
});
