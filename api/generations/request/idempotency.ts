import type { Conversation } from '../../conversations/conversation.ts';
import type { ConversationStore } from '../../conversations/store/store.ts';
import { Failure, notFound } from '../../errors/failures.ts';
import type { Message } from '../../messages/message.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Generation } from '../generation.ts';
import type { GenerationStore } from '../store/store.ts';

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

/** A request, as far as it tells retries from other requests. */
export interface Request {
  readonly idempotencyKey: string | null;
  readonly fingerprint: string;
  /** The user's message that it writes; null: it writes none. */
  readonly content: string | null;
}

/** Returns what a request started before, or null. Throws `CONFLICT` if another request used its key. */
export const startedBefore = async (
  deps: StartedDeps,
  ownerId: string,
  request: Request,
): Promise<Started | null> => {
  const { idempotencyKey: key } = request;
  const generation = key === null ? null : await deps.generations.findByIdempotencyKey(ownerId, key);
  return generation && startedBy(deps, request, generation);
};

/** Returns what `request` started if `generation` is of the same request. Throws `CONFLICT` if it isn't. */
export const startedBy = async (
  deps: StartedDeps,
  { fingerprint, content }: Request,
  generation: Generation,
): Promise<Started> => {
  if (generation.fingerprint !== null && generation.fingerprint !== fingerprint) throw keyUsed();
  const started = await startedOf(deps, generation);
  // All that is known of a request to an earlier release.
  const isAnother = content !== null && started.userMessage.content !== content;
  if (generation.fingerprint === null && isAnother) throw keyUsed();
  return started;
};

const keyUsed = () =>
  new Failure(
    'CONFLICT',
    'This idempotencyKey was used for another request. Use a new key for each new request.',
  );

/** All of what a generation in a conversation was started with. */
export const startedOf = async (deps: StartedDeps, generation: Generation): Promise<Started> => {
  const { ownerId } = generation;
  const assistantMessage = await findMessage(deps, ownerId, generation.messageId ?? '');
  const userMessage = await findMessage(deps, ownerId, assistantMessage.parentId ?? '');
  const conversation = await findConversation(deps, ownerId, assistantMessage.conversationId);
  return { generation, conversation, userMessage, assistantMessage };
};

export const stillMaking = () =>
  new Failure('CONFLICT', 'The last answer is still being made. Wait for it, or cancel it, then ask again.');
