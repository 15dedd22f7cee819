import type { Logger } from 'pino';
import type { Viewer } from '../../access/viewer.ts';
import { bytesOfText } from '../../config/values/bytes.ts';
import type { Conversation, GenerationOptions } from '../../conversations/conversation.ts';
import { checkOptions } from '../../conversations/options.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type { Turn } from '../../conversations/turn.ts';
import type { Engine } from '../../engine/engine.ts';
import { isUnavailable, notFound } from '../../errors/failures.ts';
import type { Message } from '../../messages/message.ts';
import type { Models } from '../../models/service.ts';
import type { Ids } from '../../process/ids.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { StorageQuotas } from '../../usage/storage/storageQuotas.ts';
import type { CachePolicy } from '../cache/key.ts';
import { type Generation, queued } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import { requeueWhenBack } from '../run/requeue.ts';
import type { Admission } from './admission.ts';
import { checkFormat, checkIdempotencyKey } from './checks.ts';
import { checkPromptFits, systemMessages } from './prompt.ts';
import {
  findConversation,
  type Request,
  type Started,
  type StartedDeps,
  startedBefore,
  startedBy,
  startedOf,
  stillMaking,
} from './started.ts';
import { settleTurn, takeTurnBack } from './turns.ts';

/** What may be said of any answer. */
export interface AnswerInput {
  readonly model: string | null;
  readonly options: GenerationOptions | null;
  readonly idempotencyKey: string | null;
  /** Null: a stored answer will do where the options make the same question give the same answer. */
  readonly cache: CachePolicy | null;
}

/** An answer about to be started: what is there already, and what is to be written. */
export interface Plan {
  readonly request: Request;
  readonly conversation: Conversation;
  /** Whether the conversation is written first. */
  readonly isNew: boolean;
  /** Whether the question follows the conversation's leaf, whichever that is: of several such at once, one is started. */
  readonly followsLeaf: boolean;
  /** The user's message: one that is there, or one to write under `parentId`. */
  readonly question: Message | { readonly content: string; readonly parentId: string | null };
  readonly answer: AnswerInput;
  readonly systemPrompt: string | null;
  readonly format: unknown;
  /** For options that make the same question give the same answer. */
  readonly repeatable: CachePolicy;
}

export interface StartAnswerDeps extends StartedDeps {
  readonly journal: Journal;
  readonly queue: Queue;
  readonly models: Models;
  readonly engine: Engine;
  readonly admission: Admission;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation'>;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** Checks all of the plan, then writes it, and has the answer begun. */
export const startAnswer = async (deps: StartAnswerDeps, viewer: Viewer, plan: Plan): Promise<Started> => {
  const { admission, ids } = deps;
  const ownerId = viewer.user.id;
  const { answer } = plan;
  const idempotencyKey = checkIdempotencyKey(answer.idempotencyKey);
  const format = checkFormat(plan.format);
  const options = checkOptions({ ...plan.conversation.options, ...answer.options });
  const model = await deps.models.resolve(answer.model ?? plan.conversation.model);
  const prompt = { role: 'user', content: plan.question.content } as const;
  const promptTokens = await checkPromptFits(deps.engine, model.name, [
    ...systemMessages(plan.systemPrompt),
    prompt,
  ]);

  // A derived id makes a request that comes twice one generation.
  const id = idempotencyKey === null ? ids.next() : ids.derived(ownerId, idempotencyKey, 'generation');
  const asked = { id, ownerId, model: model.name, options, format, idempotencyKey };
  const { maxTokens = null } = options;
  const started = await admission.admit(viewer, { id, attempt: 1, promptTokens, maxTokens }, () =>
    deps.storageQuotas.withReservation(viewer.user, bytesOf(plan), () => write(deps, plan, asked)),
  );
  const { generation, conversation, userMessage, assistantMessage } = started;
  if (generation.status !== 'QUEUED') return startedOf(deps, generation);

  try {
    await admission.begin(generation, answer.cache, plan.repeatable);
  } catch (error) {
    // A stored generation is started: where Redis is lost just now, it is queued when Redis is back.
    if (!isUnavailable(error)) throw error;
    deps.log.warn({ generation: id, err: error }, 'generation stored but not queued; trying again');
    void requeueWhenBack(deps, generation);
  }
  await notify(deps, conversationChanged, ownerId, {
    kind: 'MESSAGES_ADDED',
    conversationId: conversation.id,
    messageIds: 'id' in plan.question ? [assistantMessage.id] : [userMessage.id, assistantMessage.id],
  });
  return started;
};

/** Bytes that a plan writes; its answer is counted as it comes. */
const bytesOf = ({ conversation, isNew, question, systemPrompt }: Plan): number => {
  const prompt = bytesOfText(systemPrompt);
  const asked = 'id' in question ? 0 : rowBytes.message + bytesOfText(question.content);
  const opened = isNew ? rowBytes.conversation + bytesOfText(conversation.title) + prompt : 0;
  return opened + asked + rowBytes.message + rowBytes.generation + prompt;
};

type Asked = Pick<Generation, 'id' | 'ownerId' | 'model' | 'options' | 'format' | 'idempotencyKey'>;

/** A turn this old, in ms, is settled by the next request that it would block: its writer has died or is stuck. */
const abandonedAfterMs = 5000;

/**
 * Writes the turn into its conversation, then the messages and the generation, then ends the turn by moving the leaf.
 * What a crash leaves in between, recovery completes or takes back (`turns.ts`).
 */
const write = async (deps: StartAnswerDeps, plan: Plan, asked: Asked): Promise<Started> => {
  const { generations, messages, conversations, ids } = deps;
  const { ownerId } = asked;
  const createdAt = deps.clock();
  const { id: conversationId, leafId } = plan.conversation;
  const isKnown = 'id' in plan.question;
  const turn: Turn = {
    id: ids.next(),
    generationId: asked.id,
    leafId,
    questionId: isKnown ? null : ids.next(),
    answerId: ids.next(),
    isNew: plan.isNew,
    startedAt: createdAt,
  };
  const takeBack = () => takeTurnBack(deps, ownerId, conversationId, turn);
  if (plan.isNew) await conversations.insert(plan.conversation, turn);
  else if (!(await beginTurn(deps, plan, turn))) {
    const before = await startedBefore(deps, ownerId, plan.request);
    if (before) return before;
    await findConversation(deps, ownerId, conversationId);
    throw stillMaking();
  }

  const writeMessages = async () => {
    const question = {
      ...plan.question,
      id: turn.questionId ?? '',
      conversationId,
      ownerId,
      role: 'USER',
      generationId: null,
      createdAt,
    } as const;
    const userMessage = 'id' in plan.question ? plan.question : await messages.insert(question);
    if (!userMessage) throw notFound('message');
    const assistantMessage = await messages.insert({
      id: turn.answerId,
      conversationId,
      ownerId,
      parentId: userMessage.id,
      role: 'ASSISTANT',
      content: '',
      generationId: asked.id,
      createdAt,
    });
    if (!assistantMessage) throw notFound('message');
    return { userMessage, assistantMessage };
  };
  const written = await writeMessages().catch(async (error: unknown) => {
    await takeBack().catch(() => {});
    throw error;
  });

  const { systemPrompt } = plan;
  const { fingerprint } = plan.request;
  const messageId = turn.answerId;
  const generation = await generations.insert(
    queued({ ...asked, fingerprint, conversationId, messageId, systemPrompt, prompt: null, createdAt }),
  );
  if (generation.messageId !== messageId) {
    await takeBack();
    return startedBy(deps, plan.request, generation);
  }
  const end = { leafId: messageId, updatedAt: createdAt };
  const conversation = await conversations.endTurn(ownerId, conversationId, turn.id, end);
  if (conversation) return { generation, conversation, ...written };
  // It took so long that another request or recovery took the turn back.
  await generations.remove(ownerId, generation.id);
  await takeBack();
  await findConversation(deps, ownerId, conversationId);
  throw stillMaking();
};

/** False where the conversation is gone, or the question can't follow its leaf any more. */
const beginTurn = async (deps: StartAnswerDeps, plan: Plan, turn: Turn): Promise<boolean> => {
  const { conversations } = deps;
  const { id, ownerId } = plan.conversation;
  if (await conversations.beginTurn(ownerId, id, turn, plan.followsLeaf)) return true;
  const abandonedBefore = turn.startedAt.getTime() - abandonedAfterMs;
  const open = await conversations.turnsOf(ownerId, id);
  const abandoned = open.filter(({ startedAt }) => startedAt.getTime() < abandonedBefore);
  if (abandoned.length === 0) return false;
  for (const one of abandoned) await settleTurn(deps, ownerId, id, one);
  return conversations.beginTurn(ownerId, id, turn, plan.followsLeaf);
};
