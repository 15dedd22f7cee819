import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Conversation } from '../../conversations/conversation.ts';
import { titleOf } from '../../conversations/title.ts';
import { badInput, notFound } from '../../errors/failures.ts';
import { isFinal } from '../generation.ts';
import { type AnswerInput, type StartAnswerDeps, startAnswer } from './answer.ts';
import { checkPrompt } from './checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  findConversation,
  findMessage,
  type Request,
  type Started,
  type StartedDeps,
  startedBefore,
  stillMaking,
} from './idempotency.ts';

export interface GenerateInput extends AnswerInput {
  readonly prompt: string;
  /** Null: a new conversation. */
  readonly conversationId: string | null;
  /** Null: the conversation's current leaf. */
  readonly parentId: string | null;
  readonly systemPrompt: string | null;
  readonly format: unknown;
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

export const createStarts = (deps: StartAnswerDeps): Starts => {
  return {
    async generate(viewer, input) {
      demand(viewer, 'generate');
      const { user } = viewer;
      const content = checkPrompt('prompt', input.prompt);
      const request = requestOf('generate', input, content);
      const before = await startedBefore(deps, user.id, request);
      if (before) return before;
      const isNew = input.conversationId === null;
      if (isNew && input.parentId !== null) {
        throw badInput('parentId', 'parentId is a message of a conversation: pass its conversationId too.');
      }
      const conversation =
        input.conversationId === null
          ? newConversation(deps, user.id, input)
          : await findConversation(deps, user.id, input.conversationId);
      const parentId = isNew ? null : await findParent(deps, user.id, conversation, input.parentId);
      const systemPrompt = input.systemPrompt ?? conversation.systemPrompt;
      const { format } = input;
      return startAnswer(deps, viewer, {
        request,
        conversation,
        isNew,
        followsLeaf: !isNew && input.parentId === null,
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
      const request = requestOf('regenerate', input, null);
      const before = await startedBefore(deps, user.id, request);
      if (before) return before;
      const message = await findMessage(deps, user.id, input.messageId);
      const question =
        message.role === 'USER' ? message : await findMessage(deps, user.id, message.parentId ?? '');
      const last =
        message.generationId === null ? null : await deps.generations.find(user.id, message.generationId);
      const conversation = await findConversation(deps, user.id, message.conversationId);
      return startAnswer(deps, viewer, {
        request,
        conversation,
        isNew: false,
        followsLeaf: false,
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
      const request = requestOf('editMessage', input, content);
      const before = await startedBefore(deps, user.id, request);
      if (before) return before;
      const message = await findMessage(deps, user.id, input.messageId);
      if (message.role !== 'USER') {
        throw badInput(
          'messageId',
          'Only a message of yours can be edited. Use regenerate for another answer.',
        );
      }
      const conversation = await findConversation(deps, user.id, message.conversationId);
      const { parentId } = message;
      const { systemPrompt } = conversation;
      return startAnswer(deps, viewer, {
        request,
        conversation,
        isNew: false,
        followsLeaf: false,
        question: { content, parentId },
        answer: input,
        systemPrompt,
        format: null,
        repeatable: 'PREFER',
      });
    },
  };
};

const requestOf = (operation: string, input: AnswerInput, content: string | null): Request => {
  const { idempotencyKey, ...asked } = input;
  return { idempotencyKey, fingerprint: fingerprintOf(operation, asked), content };
};

/** The message that a new prompt goes under. Throws `CONFLICT` while that one is an answer still being made. */
const findParent = async (
  deps: StartedDeps,
  ownerId: string,
  conversation: Conversation,
  asked: string | null,
) => {
  const id = asked ?? conversation.leafId;
  if (id === null) return null;
  const parent = await findMessage(deps, ownerId, id);
  if (parent.conversationId !== conversation.id) throw notFound('message');
  if (parent.generationId !== null) {
    // An answer is written before its generation.
    const maker = await deps.generations.find(ownerId, parent.generationId);
    if (!maker || !isFinal(maker.status)) throw stillMaking();
  }
  return parent.id;
};

const newConversation = (deps: StartAnswerDeps, ownerId: string, input: GenerateInput): Conversation => {
  const now = deps.clock();
  return {
    id: deps.ids.next(),
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
