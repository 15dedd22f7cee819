import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

export const conversationChange = z.object({
  kind: z.enum(['CREATED', 'UPDATED', 'DELETED', 'MESSAGES_ADDED']),
  conversationId: z.string(),
  /** For `MESSAGES_ADDED`, oldest first. */
  messageIds: z.array(z.string()),
});

/** A change of an owner's conversations, for all open tabs and devices of that owner. Keyed by the owner's id. */
export const conversationChanged = defineTopic('conversation.changed', conversationChange);

export type ConversationChange = z.infer<typeof conversationChange>;
