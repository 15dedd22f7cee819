import type { Conversation } from '../../conversations/conversation.ts';
import type { ConversationStore } from '../../conversations/store/store.ts';
import { Failure, notFound } from '../../errors/failures.ts';
import type { Message } from '../../messages/message.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Generation } from '../generation.ts';

/** A generation that was started in a conversation, with the question and the answer that it fills. */
export interface StartedAnswer {
  readonly generation: Generation;
  readonly conversation: Conversation;
  readonly userMessage: Message;
  readonly assistantMessage: Message;
  /** Why another model than the requested one answers; null or absent if it is the requested one, or for a repeated request. */
  readonly modelReason?: string | null;
}

export interface StartedAnswerDeps {
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
}

/** Throws `NOT_FOUND`. */
export const findConversation = async (
  { conversations }: Pick<StartedAnswerDeps, 'conversations'>,
  ownerId: string,
  id: string,
): Promise<Conversation> => {
  const conversation = await conversations.find(ownerId, id);
  if (!conversation) throw notFound('conversation');
  return conversation;
};

/** Throws `NOT_FOUND`. */
export const findMessage = async (
  { messages }: Pick<StartedAnswerDeps, 'messages'>,
  ownerId: string,
  id: string,
): Promise<Message> => {
  const message = await messages.find(ownerId, id);
  if (!message) throw notFound('message');
  return message;
};

/** Returns a generation of a conversation with its messages. Throws `NOT_FOUND`. */
export const loadStartedAnswer = async (
  deps: StartedAnswerDeps,
  generation: Generation,
): Promise<StartedAnswer> => {
  const { ownerId } = generation;
  const assistantMessage = await findMessage(deps, ownerId, generation.messageId ?? '');
  const userMessage = await findMessage(deps, ownerId, assistantMessage.parentId ?? '');
  const conversation = await findConversation(deps, ownerId, assistantMessage.conversationId);
  return { generation, conversation, userMessage, assistantMessage };
};

export const answerInProgress = () =>
  new Failure(
    'CONFLICT',
    'The last answer is still in progress. Wait for it or cancel it, then send your message again.',
  );
