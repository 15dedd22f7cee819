import type { Conversation } from '../../conversations/conversation.ts';
import type { Turn } from '../../conversations/turn.ts';
import { notFound } from '../../errors/failures.ts';
import type { Message } from '../../messages/message.ts';
import type { Ids } from '../../process/ids.ts';
import { type Generation, queued } from '../generation.ts';
import { finishAbandonedTurn, rollBackTurn, type TurnsDeps } from '../run/turns.ts';
import {
  findEarlierAnswer,
  type IdempotencyDeps,
  loadEarlierAnswer,
  type RequestIdentity,
} from './idempotency.ts';
import { answerInProgress, findConversation, type StartedAnswer } from './startedAnswer.ts';

/** The question to answer, and where the turn is written. */
export interface TurnRequest {
  readonly identity: RequestIdentity;
  readonly conversation: Conversation;
  /** Whether the conversation has to be created. */
  readonly isNew: boolean;
  /** Whether the question follows the conversation's current leaf. Of several such requests at once, one succeeds. */
  readonly followsLeaf: boolean;
  /** The user's message: a stored one, or one to write under `parentId`. */
  readonly question: Message | Pick<Message, 'content' | 'parentId' | 'attachments' | 'sources'>;
  readonly systemPrompt: string | null;
  /** The text that the answer begins with, and that the model continues. Absent or empty: none. */
  readonly beginning?: string;
}

/**
 * Returns the first attempt of an answer. The first one of all begins with no text, so an answer that begins with some
 * takes the next.
 */
export const firstAttempt = (beginning: string): number => (beginning === '' ? 1 : 2);

export interface WriteTurnDeps extends IdempotencyDeps, TurnsDeps {
  readonly ids: Ids;
  readonly clock: () => Date;
}

/** The age at which a turn that blocks a request counts as abandoned, in ms: its writer has died or is stuck. */
const abandonedAfterMs = 5000;

/**
 * Writes the turn into its conversation, then the messages and the generation, then ends the turn by moving the leaf. If a
 * crash interrupts that, recovery completes the turn or rolls it back (`../run/turns.ts`). Throws `CONFLICT` while another
 * answer in the conversation is in progress.
 */
export const writeTurn = async (
  deps: WriteTurnDeps,
  request: TurnRequest,
  start: Pick<
    Generation,
    'id' | 'ownerId' | 'model' | 'options' | 'format' | 'idempotencyKey' | 'prompt' | 'toolUse'
  >,
): Promise<StartedAnswer> => {
  const { generations, messages, conversations, ids } = deps;
  const { ownerId } = start;
  const createdAt = deps.clock();
  const { id: conversationId, leafId } = request.conversation;
  const { beginning = '' } = request;
  const isKnown = 'id' in request.question;
  const turn: Turn = {
    id: ids.next(),
    generationId: start.id,
    leafId,
    questionId: isKnown ? null : ids.next(),
    answerId: ids.next(),
    isNew: request.isNew,
    startedAt: createdAt,
  };
  const rollBack = () => rollBackTurn(deps, ownerId, conversationId, turn);
  if (request.isNew) await conversations.insert(request.conversation, turn);
  else if (!(await beginTurn(deps, request, turn))) {
    const earlier = await findEarlierAnswer(deps, ownerId, request.identity);
    if (earlier) return earlier;
    await findConversation(deps, ownerId, conversationId);
    throw answerInProgress();
  }

  const writeMessages = async () => {
    const question = {
      ...request.question,
      id: turn.questionId ?? '',
      conversationId,
      ownerId,
      role: 'USER',
      generationId: null,
      createdAt,
    } as const;
    const userMessage = 'id' in request.question ? request.question : await messages.insert(question);
    if (!userMessage) throw notFound('message');
    const assistantMessage = await messages.insert({
      id: turn.answerId,
      conversationId,
      ownerId,
      parentId: userMessage.id,
      role: 'ASSISTANT',
      content: beginning,
      generationId: start.id,
      ...(userMessage.sources && { sources: userMessage.sources }),
      createdAt,
    });
    if (!assistantMessage) throw notFound('message');
    return { userMessage, assistantMessage };
  };
  const written = await writeMessages().catch(async (error: unknown) => {
    await rollBack().catch(() => {});
    throw error;
  });

  const { systemPrompt } = request;
  const { fingerprint } = request.identity;
  const messageId = turn.answerId;
  const generation = await generations.insert({
    ...queued({ ...start, fingerprint, conversationId, messageId, systemPrompt, createdAt }),
    attempt: firstAttempt(beginning),
  });
  if (generation.messageId !== messageId) {
    await rollBack();
    return loadEarlierAnswer(deps, request.identity, generation);
  }
  const end = { leafId: messageId, updatedAt: createdAt };
  const conversation = await conversations.endTurn(ownerId, conversationId, turn.id, end);
  if (conversation) return { generation, conversation, ...written };
  // Writing took so long that another request or recovery rolled the turn back.
  await generations.remove(ownerId, generation.id);
  await rollBack();
  await findConversation(deps, ownerId, conversationId);
  throw answerInProgress();
};

/** False if the conversation is deleted, or the question can't follow its leaf any more. */
const beginTurn = async (deps: WriteTurnDeps, request: TurnRequest, turn: Turn): Promise<boolean> => {
  const { conversations } = deps;
  const { id, ownerId } = request.conversation;
  if (await conversations.beginTurn(ownerId, id, turn, request.followsLeaf)) return true;
  const abandonedBefore = turn.startedAt.getTime() - abandonedAfterMs;
  const open = await conversations.turnsOf(ownerId, id);
  const abandoned = open.filter(({ startedAt }) => startedAt.getTime() < abandonedBefore);
  if (abandoned.length === 0) return false;
  for (const one of abandoned) await finishAbandonedTurn(deps, ownerId, id, one);
  return conversations.beginTurn(ownerId, id, turn, request.followsLeaf);
};
