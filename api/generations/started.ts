import type { Conversation } from '../conversations/conversation.ts';
import type { ConversationStore } from '../conversations/store.ts';
import { Failure, notFound } from '../failures.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Generation } from './generation.ts';
import type { GenerationStore } from './store.ts';

/** What starting an answer made, or had made under the same idempotency key. */
export interface Started {
  readonly generation: Generation;
  readonly conversation: Conversation;
  readonly userMessage: Message;
  readonly assistantMessage: Message;
}

export interface StartedDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
}

export const findConversation = async (
  { conversations }: Pick<StartedDeps, 'conversations'>,
  ownerId: string,
  id: string,
): Promise<Conversation> => {
  const conversation = await conversations.find(ownerId, id);
  if (!conversation) throw notFound('conversation');
  return conversation;
};

export const findMessage = async (
  { messages }: Pick<StartedDeps, 'messages'>,
  ownerId: string,
  id: string,
): Promise<Message> => {
  const message = await messages.find(ownerId, id);
  if (!message) throw notFound('message');
  return message;
};

/**
 * What the same key from the same user made before; null where it made nothing. `content`: what the user's message has to
 * be, null for any. Throws `CONFLICT` where it is another one.
 */
export const startedBefore = async (
  deps: StartedDeps,
  ownerId: string,
  key: string | null,
  content: string | null,
): Promise<Started | null> => {
  const generation = key === null ? null : await deps.generations.findByIdempotencyKey(ownerId, key);
  if (!generation) return null;
  const started = await startedOf(deps, generation);
  if (content === null || started.userMessage.content === content) return started;
  const message = 'This idempotencyKey was used for another prompt. Use a new key for each new prompt.';
  throw new Failure('CONFLICT', message);
};

/** All of what a generation in a conversation was started with. */
export const startedOf = async (deps: StartedDeps, generation: Generation): Promise<Started> => {
  const { ownerId } = generation;
  const assistantMessage = await findMessage(deps, ownerId, generation.messageId ?? '');
  const userMessage = await findMessage(deps, ownerId, assistantMessage.parentId ?? '');
  const conversation = await findConversation(deps, ownerId, assistantMessage.conversationId);
  return { generation, conversation, userMessage, assistantMessage };
};
