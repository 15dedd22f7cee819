import type { Logger } from 'pino';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import { conversationChanged } from '../conversations/topics.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import type { Message, Rating } from './message.ts';
import type { MessageStore } from './store.ts';

/** The maximum length of an edited answer, in UTF-16 code units. */
export const maxAnswerLength = 1_000_000;

export interface AnswerEdit {
  readonly messageId: string;
  readonly content: string;
  /** Null: each call adds a version. */
  readonly idempotencyKey: string | null;
}

/** An edited answer, and its conversation, which shows it. */
export interface EditedAnswer {
  readonly message: Message;
  readonly conversation: Conversation;
}

export interface Messages {
  /** Rates an answer; null removes the rating. Throws `NOT_FOUND`, and `BAD_USER_INPUT` for a message of the user. */
  rate(viewer: Viewer, id: string, rating: Rating | null): Promise<Message>;
  /**
   * Adds an edited version beside an answer, and selects it: later prompts use its text. Throws `NOT_FOUND`,
   * `BAD_USER_INPUT`, `CONFLICT` while the answer is in progress, `QUOTA_EXCEEDED` and `RATE_LIMITED`.
   */
  editAnswer(viewer: Viewer, edit: AnswerEdit): Promise<EditedAnswer>;
}

export interface MessagesDeps {
  readonly messages: Pick<MessageStore, 'find' | 'insert' | 'rate'>;
  readonly conversations: Pick<ConversationStore, 'find' | 'update'>;
  /** Whether the owner's generation is still writing. */
  readonly isInProgress: (ownerId: string, generationId: string) => Promise<boolean>;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createMessages = (deps: MessagesDeps): Messages => ({
  async rate(viewer, id, rating) {
    demand(viewer, 'writeConversations');
    const message = await deps.messages.find(viewer.user.id, id);
    if (!message) throw notFound('message');
    if (message.role !== 'ASSISTANT') throw badInput('messageId', 'Only answers can be rated.');
    if (!(await deps.messages.rate(viewer.user.id, id, rating))) throw notFound('message');
    const { rating: _, ...rest } = message;
    return rating === null ? rest : { ...rest, rating };
  },

  async editAnswer(viewer, { messageId, content, idempotencyKey }) {
    demand(viewer, 'writeConversations');
    const { messages, conversations, ids } = deps;
    const ownerId = viewer.user.id;
    if (content.trim() === '') throw badInput('content', 'content is empty. Write the text of the answer.');
    const original = await messages.find(ownerId, messageId);
    if (!original) throw notFound('message');
    if (original.role !== 'ASSISTANT') {
      throw badInput('messageId', 'This is no answer. Use editMessage for a message of your own.');
    }
    const { conversationId, parentId, generationId } = original;
    if (generationId !== null && (await deps.isInProgress(ownerId, generationId))) {
      throw new Failure(
        'CONFLICT',
        'This answer is still in progress. Stop it or wait for it, then edit it.',
      );
    }
    const id = idempotencyKey === null ? ids.next() : ids.derived(ownerId, idempotencyKey, 'edited answer');
    const earlier = idempotencyKey === null ? null : await messages.find(ownerId, id);
    if (earlier) {
      const conversation = await conversations.find(ownerId, earlier.conversationId);
      if (!conversation) throw notFound('conversation');
      if (earlier.editedFrom === messageId && earlier.content === content) {
        return { message: earlier, conversation };
      }
      const rule = 'This idempotencyKey was used for another request. Use a new key for each new request.';
      throw new Failure('CONFLICT', rule);
    }
    await deps.storageQuotas.checkRate(viewer.user);
    const now = deps.clock();
    const message = await deps.storageQuotas.withReservation(
      viewer.user,
      rowBytes.message + bytesOfText(content),
      () =>
        messages.insert({
          id,
          conversationId,
          ownerId,
          parentId,
          role: 'ASSISTANT',
          content,
          generationId: null,
          editedFrom: messageId,
          // Its citations still open the passages that the prompt had.
          ...(original.sources && { sources: original.sources }),
          createdAt: now,
        }),
    );
    if (!message) throw notFound('message');
    const conversation = await conversations.update(ownerId, conversationId, {
      leafId: message.id,
      updatedAt: now,
    });
    if (!conversation) throw notFound('conversation');
    await notify(deps, conversationChanged, ownerId, {
      kind: 'MESSAGES_ADDED',
      conversationId,
      messageIds: [message.id],
    });
    return { message, conversation };
  },
});
