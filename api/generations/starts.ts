import type { Logger } from 'pino';
import { demand } from '../accounts/permissions.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Conversation, GenerationOptions } from '../conversations/conversation.ts';
import type { ConversationStore } from '../conversations/store.ts';
import { titleOf } from '../conversations/title.ts';
import { conversationChanged } from '../conversations/topics.ts';
import type { Engine } from '../engine/engine.ts';
import { badInput, Failure, notFound } from '../failures.ts';
import type { Ids } from '../ids.ts';
import type { GenerationLimit } from '../limits/generationLimit.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Models } from '../models/service.ts';
import { announce } from '../realtime/announce.ts';
import type { Bus } from '../realtime/bus.ts';
import { isAway } from '../realtime/patiently.ts';
import type { CachedAnswers } from './cachedAnswers.ts';
import { type CachePolicy, isRepeatable } from './cacheKey.ts';
import { checkFormat, checkIdempotencyKey, checkOptions, checkPrompt } from './checks.ts';
import { type Generation, isFinal } from './generation.ts';
import type { Journal } from './journal.ts';
import { checkPromptFits, systemMessages } from './prompt.ts';
import type { Queue } from './queue.ts';
import type { GenerationStore } from './store.ts';

/** What starting an answer made, or had made under the same idempotency key. */
export interface Started {
  readonly generation: Generation;
  readonly conversation: Conversation;
  readonly userMessage: Message;
  readonly assistantMessage: Message;
}

/** What may be said of any answer. */
export interface AnswerInput {
  readonly model: string | null;
  readonly options: GenerationOptions | null;
  readonly idempotencyKey: string | null;
  /** Null: a stored answer will do where the options make the same question give the same answer. */
  readonly cache: CachePolicy | null;
}

export interface GenerateInput extends AnswerInput {
  readonly prompt: string;
  /** Null: a new conversation. */
  readonly conversationId: string | null;
  /** Null: the conversation's current leaf. */
  readonly parentId: string | null;
  readonly systemPrompt: string | null;
  readonly format: unknown;
}

export interface StartsDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly models: Models;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cachedAnswers: CachedAnswers;
  readonly generationLimit: GenerationLimit;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

export interface Starts {
  /** Throws `BAD_USER_INPUT`, `PROMPT_TOO_LARGE`, `MODEL_NOT_FOUND`, `NOT_FOUND`, `CONFLICT`, `ENGINE_UNAVAILABLE`. */
  generate(viewer: Viewer, input: GenerateInput): Promise<Started>;
  /** Another answer beside the one `messageId` is, or an answer to the user's message it is. */
  regenerate(viewer: Viewer, input: AnswerInput & { readonly messageId: string }): Promise<Started>;
  /** Another version beside the user's message `messageId`, and an answer to it. */
  editMessage(
    viewer: Viewer,
    input: AnswerInput & { readonly messageId: string; readonly content: string },
  ): Promise<Started>;
}

/** An answer about to be started: what is there already, and what is to be written. */
interface Plan {
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

export const createStarts = (deps: StartsDeps): Starts => {
  const { generations, messages, conversations, ids, clock } = deps;

  const findConversation = async (ownerId: string, id: string): Promise<Conversation> => {
    const conversation = await conversations.find(ownerId, id);
    if (!conversation) throw notFound('conversation');
    return conversation;
  };

  const findMessage = async (ownerId: string, id: string): Promise<Message> => {
    const message = await messages.find(ownerId, id);
    if (!message) throw notFound('message');
    return message;
  };

  /** What the same key from the same user made before. */
  const startedBefore = async (ownerId: string, key: string | null, content: string | null) => {
    const generation = key === null ? null : await generations.findByIdempotencyKey(ownerId, key);
    return generation && (await startedOf(generation, content));
  };

  const startedOf = async (generation: Generation, content: string | null): Promise<Started> => {
    const { ownerId } = generation;
    const assistantMessage = await findMessage(ownerId, generation.messageId ?? '');
    const userMessage = await findMessage(ownerId, assistantMessage.parentId ?? '');
    if (content !== null && userMessage.content !== content) {
      const message = 'This idempotencyKey was used for another prompt. Use a new key for each new prompt.';
      throw new Failure('CONFLICT', message);
    }
    const conversation = await findConversation(ownerId, assistantMessage.conversationId);
    return { generation, conversation, userMessage, assistantMessage };
  };

  /** The message that a new prompt goes under; refused while that one is an answer still being made. */
  const findParent = async (ownerId: string, conversation: Conversation, asked: string | null) => {
    const id = asked ?? conversation.leafId;
    if (id === null) return null;
    const parent = await findMessage(ownerId, id);
    if (parent.conversationId !== conversation.id) throw notFound('message');
    const maker = parent.generationId === null ? null : await generations.find(ownerId, parent.generationId);
    if (maker && !isFinal(maker.status)) {
      const message = 'The last answer is still being made. Wait for it, or cancel it, then ask again.';
      throw new Failure('CONFLICT', message);
    }
    return parent.id;
  };

  const start = async (viewer: Viewer, plan: Plan): Promise<Started> => {
    const ownerId = viewer.user.id;
    const { answer } = plan;
    const key = checkIdempotencyKey(answer.idempotencyKey);
    const format = checkFormat(plan.format);
    const options = checkOptions({ ...plan.conversation.options, ...answer.options });
    const model = await deps.models.resolve(answer.model ?? plan.conversation.model);
    const prompt = { role: 'user', content: plan.question.content } as const;
    await checkPromptFits(deps.engine, model.name, [...systemMessages(plan.systemPrompt), prompt]);
    // Refused before anything is written, so that nothing is left of what was refused.
    await deps.queue.check();
    await deps.generationLimit.take(viewer);

    // Written in an order that a crash can't tear: until the generation is there nothing shows, and once it is there a
    // start after the crash finds it and finishes the rest. Derived ids make a request that comes twice write once.
    const newId = (part: string) => (key === null ? ids.next() : ids.derived(ownerId, key, part));
    const createdAt = clock();
    const id = newId('generation');
    if (plan.isNew) await conversations.insert(plan.conversation);
    const userMessage =
      'id' in plan.question
        ? plan.question
        : await messages.insert({
            ...plan.question,
            id: newId('question'),
            conversationId: plan.conversation.id,
            ownerId,
            role: 'USER',
            generationId: null,
            createdAt,
          });
    if (!userMessage) throw notFound('message');
    const assistantMessage = await messages.insert({
      id: newId('answer'),
      conversationId: plan.conversation.id,
      ownerId,
      parentId: userMessage.id,
      role: 'ASSISTANT',
      content: '',
      generationId: id,
      createdAt,
    });
    if (!assistantMessage) throw notFound('message');
    const generation = await generations.insert({
      id,
      ownerId,
      conversationId: plan.conversation.id,
      messageId: assistantMessage.id,
      model: model.name,
      systemPrompt: plan.systemPrompt,
      prompt: null,
      options,
      format,
      status: 'QUEUED',
      attempt: 1,
      thinking: null,
      finishReason: null,
      toolCalls: null,
      usage: null,
      error: null,
      cached: false,
      idempotencyKey: key,
      createdAt,
      startedAt: null,
      finishedAt: null,
    });
    if (generation.status !== 'QUEUED') return startedOf(generation, null);
    const conversation = await conversations.update(ownerId, plan.conversation.id, {
      leafId: assistantMessage.id,
      updatedAt: createdAt,
    });
    if (!conversation) throw notFound('conversation');
    const policy = answer.cache ?? (isRepeatable(options) ? plan.repeatable : 'BYPASS');
    await begin(deps, generation, policy);
    await announce(deps, conversationChanged, ownerId, {
      kind: 'MESSAGES_ADDED',
      conversationId: conversation.id,
      messageIds: 'id' in plan.question ? [assistantMessage.id] : [userMessage.id, assistantMessage.id],
    });
    return { generation, conversation, userMessage, assistantMessage };
  };

  return {
    async generate(viewer, input) {
      demand(viewer, 'generate');
      const { user } = viewer;
      const content = checkPrompt('prompt', input.prompt);
      const before = await startedBefore(user.id, input.idempotencyKey, content);
      if (before) return before;
      const isNew = input.conversationId === null;
      if (isNew && input.parentId !== null) {
        throw badInput('parentId', 'parentId is a message of a conversation: pass its conversationId too.');
      }
      const conversation =
        input.conversationId === null
          ? newConversation(deps, user.id, input)
          : await findConversation(user.id, input.conversationId);
      const parentId = isNew ? null : await findParent(user.id, conversation, input.parentId);
      const systemPrompt = input.systemPrompt ?? conversation.systemPrompt;
      const { format } = input;
      return start(viewer, {
        conversation,
        isNew,
        question: { content, parentId },
        answer: input,
        systemPrompt,
        format,
        repeatable: 'PREFER',
      });
    },

    async regenerate(viewer, input) {
      demand(viewer, 'generate');
      const { user } = viewer;
      const before = await startedBefore(user.id, input.idempotencyKey, null);
      if (before) return before;
      const message = await findMessage(user.id, input.messageId);
      const question = message.role === 'USER' ? message : await findMessage(user.id, message.parentId ?? '');
      const last =
        message.generationId === null ? null : await generations.find(user.id, message.generationId);
      const conversation = await findConversation(user.id, message.conversationId);
      return start(viewer, {
        conversation,
        isNew: false,
        question,
        answer: {
          ...input,
          model: input.model ?? last?.model ?? null,
          options: input.options ?? last?.options ?? null,
        },
        systemPrompt: last ? last.systemPrompt : conversation.systemPrompt,
        format: last?.format ?? null,
        repeatable: 'REFRESH',
      });
    },

    async editMessage(viewer, input) {
      demand(viewer, 'generate');
      const { user } = viewer;
      const content = checkPrompt('content', input.content);
      const before = await startedBefore(user.id, input.idempotencyKey, content);
      if (before) return before;
      const message = await findMessage(user.id, input.messageId);
      if (message.role !== 'USER') {
        throw badInput(
          'messageId',
          'Only a message of yours can be edited. Use regenerate for another answer.',
        );
      }
      const conversation = await findConversation(user.id, message.conversationId);
      const { parentId } = message;
      const { systemPrompt } = conversation;
      return start(viewer, {
        conversation,
        isNew: false,
        question: { content, parentId },
        answer: input,
        systemPrompt,
        format: null,
        repeatable: 'PREFER',
      });
    },
  };
};

/** What is stored is begun: should journal and queue go away just now, it is taken up when they are back. */
const begin = async (deps: StartsDeps, generation: Generation, policy: CachePolicy): Promise<void> => {
  const { id, ownerId } = generation;
  try {
    await deps.journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
    if (!(await deps.cachedAnswers.answer(generation, policy))) await deps.queue.add({ id, ownerId });
  } catch (error) {
    if (!isAway(error)) throw error;
    deps.log.warn({ generation: id, err: error }, 'generation stored but not queued; it is taken up later');
  }
};

const newConversation = (deps: StartsDeps, ownerId: string, input: GenerateInput): Conversation => {
  const now = deps.clock();
  const key = input.idempotencyKey;
  return {
    id: key === null ? deps.ids.next() : deps.ids.derived(ownerId, key, 'conversation'),
    ownerId,
    title: titleOf(input.prompt),
    model: input.model,
    systemPrompt: input.systemPrompt,
    options: input.options ?? {},
    pinned: false,
    archived: false,
    tags: [],
    leafId: null,
    createdAt: now,
    updatedAt: now,
  };
};
