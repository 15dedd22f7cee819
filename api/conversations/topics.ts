import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

export const conversationChange = z.object({
  kind: z.enum(['CREATED', 'UPDATED', 'DELETED', 'MESSAGES_ADDED']),
  conversationId: z.string(),
  /** For `MESSAGES_ADDED`, oldest first. */
  messageIds: z.array(z.string()),
});

/** To every open tab and device of an owner. Keyed by the owner's id. */
export const conversationChanged = defineTopic('conversation.changed', conversationChange);

export type ConversationChange = z.infer<typeof conversationChange>;
