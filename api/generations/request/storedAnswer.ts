import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { bytesOfText } from '../../config/values/bytes.ts';
import type { Conversation } from '../../conversations/conversation.ts';
import { conversationLimits, untitled } from '../../conversations/service.ts';
import { titleOf } from '../../conversations/title.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type { EngineMessage } from '../../engine/engine.ts';
import { Failure, notFound } from '../../errors/failures.ts';
import type { Ids } from '../../process/ids.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import type { AnswerText } from '../answerSource.ts';
import { type Generation, isFinal, type KeptRequest } from '../generation.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { maxPromptLength, newestMessages, type PromptDeps, toPromptWith } from '../prompt.ts';
import { removeMessages, type TurnsDeps } from '../run/turns.ts';
import { identityOf } from './idempotency.ts';
import { answerInProgress, findConversation, findMessage } from './startedAnswer.ts';
import type { TurnRequest } from './writeTurn.ts';

/** How a completion is stored: as a turn of a conversation. */
export interface StoreRequest {
  /** The answer that the turn follows, of the same caller; null: a new conversation. */
  readonly previousId: string | null;
  /** The text of the user's message. */
  readonly question: string;
  readonly systemPrompt: string | null;
  readonly kept: KeptRequest;
}

/** An answer in a conversation. */
export interface StoredAnswer extends AnswerText {
  readonly generation: Generation;
  /** The messages that the model got, without the system prompt; of a conversation in the web app, as many as fit. */
  readonly input: readonly EngineMessage[];
  /** Null for an answer of the web app. */
  readonly kept: KeptRequest | null;
}

export interface StoredAnswers {
  /** Returns an answer of one of the caller's conversations, finished or not. Throws `NOT_FOUND`. */
  storedAnswer(viewer: Viewer, id: string): Promise<StoredAnswer>;
  /**
   * Deletes an answer with its question, and the conversation if nothing is left in it. Cancels the answer if it is in
   * progress. Throws `NOT_FOUND`, and `CONFLICT` if later messages follow it or it is under a legal hold.
   */
  deleteAnswer(viewer: Viewer, id: string): Promise<void>;
}

/** The time limit for reading the messages before an answer, in ms. */
const readTimeoutMs = 10_000;

export interface StoredAnswersDeps extends TurnsDeps, Pick<PromptDeps, 'promptAttachments'> {
  readonly bus: Bus;
  readonly log: Parameters<typeof notify>[0]['log'];
  /** Throws `CONFLICT` if the conversation is under a legal hold. */
  readonly checkDeletable: (ownerId: string, conversationId: string) => Promise<void>;
}

const findStored = async (
  { generations }: Pick<TurnsDeps, 'generations'>,
  viewer: Viewer,
  id: string,
): Promise<Generation & { readonly conversationId: string; readonly messageId: string }> => {
  const generation = await generations.find(viewer.user.id, id);
  if (!generation?.conversationId || !generation.messageId) throw notFound('response');
  const { conversationId, messageId } = generation;
  return { ...generation, conversationId, messageId };
};

export const createStoredAnswers = (
  deps: StoredAnswersDeps,
  { cancel, currentText }: Pick<Lifecycle, 'cancel' | 'currentText'>,
): StoredAnswers => ({
  async storedAnswer(viewer, id) {
    demand(viewer, 'read');
    const generation = await findStored(deps, viewer, id);
    const kept = generation.prompt?.kept ?? null;
    const { text, thinking } = await currentText(generation);
    const input = kept?.input ?? (await earlierMessages(deps, generation));
    return { generation, text, thinking, input, kept };
  },

  async deleteAnswer(viewer, id) {
    demand(viewer, 'writeConversations');
    const { conversationId, messageId, status } = await findStored(deps, viewer, id);
    const ownerId = viewer.user.id;
    await deps.checkDeletable(ownerId, conversationId);
    const { parentId: questionId } = await findMessage(deps, ownerId, messageId);
    const question = await findMessage(deps, ownerId, questionId ?? '');
    const children = (parentId: string) => deps.messages.children(ownerId, conversationId, parentId);
    if ((await children(messageId)).length > 0) throw hasLater();
    if (!isFinal(status)) await cancel(viewer, id);
    const other = (await children(question.id)).findLast((child) => child.id !== messageId);
    await removeMessages(deps, ownerId, conversationId, {
      leafId: other ? await deps.messages.newestLeaf(ownerId, other.id) : question.parentId,
      questionId: other ? null : question.id,
      answerId: messageId,
      isNew: true,
    });
    await deps.generations.remove(ownerId, id);
    const isLeft = (await deps.conversations.find(ownerId, conversationId)) !== null;
    const kind = isLeft ? 'UPDATED' : 'DELETED';
    await notify(deps, conversationChanged, ownerId, { kind, conversationId, messageIds: [] });
  },
});

const hasLater = () =>
  new Failure(
    'CONFLICT',
    'Later messages follow this response. Delete the later responses first, or delete the conversation in the web app.',
  );

/** Returns the messages before an answer of the web app, oldest first. */
const earlierMessages = async (
  { messages, promptAttachments }: StoredAnswersDeps,
  { ownerId, messageId, model }: Generation & { readonly messageId: string },
): Promise<readonly EngineMessage[]> => {
  const toPrompt = toPromptWith(promptAttachments, model, AbortSignal.timeout(readTimeoutMs));
  const path = await newestMessages(messages, ownerId, messageId, maxPromptLength, toPrompt);
  return path.slice(0, -1).map(({ engine }) => engine);
};

/** Returns the turn in which a completion is stored. Throws `NOT_FOUND` and `CONFLICT` for the previous answer. */
export const turnOf = async (
  deps: TurnsDeps & { readonly ids: Ids; readonly clock: () => Date },
  viewer: Viewer,
  { previousId, question: content, systemPrompt }: StoreRequest,
  { model, options }: Pick<Conversation, 'model' | 'options'>,
): Promise<TurnRequest> => {
  const ownerId = viewer.user.id;
  const identity = identityOf('complete', { idempotencyKey: null }, null);
  if (previousId !== null) {
    const previous = await findStored(deps, viewer, previousId);
    if (!isFinal(previous.status)) throw answerInProgress();
    const conversation = await findConversation(deps, ownerId, previous.conversationId);
    const question = { content, parentId: previous.messageId };
    return { identity, conversation, isNew: false, followsLeaf: false, question, systemPrompt };
  }
  const now = deps.clock();
  const isShort = (systemPrompt ?? '').length <= conversationLimits.systemPrompt;
  const conversation: Conversation = {
    id: deps.ids.next(),
    ownerId,
    title: titleOf(content) || untitled,
    autoTitled: true,
    model,
    systemPrompt: isShort ? systemPrompt : null,
    options,
    pinned: false,
    archived: false,
    tags: [],
    folderId: null,
    collectionIds: [],
    leafId: null,
    createdAt: now,
    updatedAt: now,
  };
  const question = { content, parentId: null };
  return { identity, conversation, isNew: true, followsLeaf: false, question, systemPrompt };
};

/** The stored size of a request that is kept, in bytes. */
export const bytesOfKept = ({ kept }: StoreRequest): number => bytesOfText(JSON.stringify(kept));
