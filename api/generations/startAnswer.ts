import type { Logger } from 'pino';
import type { Viewer } from '../accounts/viewer.ts';
import type { Conversation, GenerationOptions } from '../conversations/conversation.ts';
import { conversationChanged } from '../conversations/topics.ts';
import type { Engine } from '../engine/engine.ts';
import { notFound } from '../failures.ts';
import type { Ids } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import type { Models } from '../models/service.ts';
import { announce } from '../realtime/announce.ts';
import type { Bus } from '../realtime/bus.ts';
import { isAway } from '../realtime/patiently.ts';
import { bytesOfText } from '../usage/bytes.ts';
import { rowBytes } from '../usage/storage.ts';
import type { StorageQuotas } from '../usage/storageQuotas.ts';
import type { Admission } from './admission.ts';
import type { CachePolicy } from './cacheKey.ts';
import { checkFormat, checkIdempotencyKey, checkOptions } from './checks.ts';
import { type Generation, queued } from './generation.ts';
import type { Journal } from './journal.ts';
import { checkPromptFits, systemMessages } from './prompt.ts';
import type { Queue } from './queue.ts';
import { requeueWhenBack } from './requeue.ts';
import { type Started, type StartedDeps, startedOf } from './started.ts';

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
  readonly conversation: Conversation;
  /** Whether the conversation is written first. */
  readonly isNew: boolean;
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
  readonly storageQuotas: Pick<StorageQuotas, 'within'>;
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
  await checkPromptFits(deps.engine, model.name, [...systemMessages(plan.systemPrompt), prompt]);

  // Derived ids make a request that comes twice write once.
  const newId = (part: string) =>
    idempotencyKey === null ? ids.next() : ids.derived(ownerId, idempotencyKey, part);
  const id = newId('generation');
  const asked = { id, ownerId, model: model.name, options, format, idempotencyKey };
  const started = await admission.admit(viewer, id, () =>
    deps.storageQuotas.within(viewer.user, bytesOf(plan), () => write(deps, plan, asked, newId)),
  );
  const { generation, conversation, userMessage, assistantMessage } = started;
  if (generation.status !== 'QUEUED') return startedOf(deps, generation);

  try {
    await admission.begin(generation, answer.cache, plan.repeatable);
  } catch (error) {
    // A stored generation is started: where Redis is lost just now, it is queued when Redis is back.
    if (!isAway(error)) throw error;
    deps.log.warn({ generation: id, err: error }, 'generation stored but not queued; trying again');
    void requeueWhenBack(deps, generation);
  }
  await announce(deps, conversationChanged, ownerId, {
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

/**
 * Writes in an order that a crash can't tear: until the generation is there nothing shows, and once it is there a start
 * after the crash finds it and finishes the rest.
 */
const write = async (
  deps: StartAnswerDeps,
  plan: Plan,
  asked: Asked,
  newId: (part: string) => string,
): Promise<Started> => {
  const { generations, messages, conversations } = deps;
  const { ownerId } = asked;
  const createdAt = deps.clock();
  const conversationId = plan.conversation.id;
  if (plan.isNew) await conversations.insert(plan.conversation);
  const userMessage =
    'id' in plan.question
      ? plan.question
      : await messages.insert({
          ...plan.question,
          id: newId('question'),
          conversationId,
          ownerId,
          role: 'USER',
          generationId: null,
          createdAt,
        });
  if (!userMessage) throw notFound('message');
  const assistantMessage = await messages.insert({
    id: newId('answer'),
    conversationId,
    ownerId,
    parentId: userMessage.id,
    role: 'ASSISTANT',
    content: '',
    generationId: asked.id,
    createdAt,
  });
  if (!assistantMessage) throw notFound('message');
  const { systemPrompt } = plan;
  const messageId = assistantMessage.id;
  const generation = await generations.insert(
    queued({ ...asked, conversationId, messageId, systemPrompt, prompt: null, createdAt }),
  );
  if (generation.status !== 'QUEUED')
    return { generation, conversation: plan.conversation, userMessage, assistantMessage };
  const conversation = await conversations.update(ownerId, conversationId, {
    leafId: messageId,
    updatedAt: createdAt,
  });
  if (!conversation) throw notFound('conversation');
  return { generation, conversation, userMessage, assistantMessage };
};
