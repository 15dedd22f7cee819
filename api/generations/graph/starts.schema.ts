import { conversationEdge } from '../../conversations/cursor.ts';
import { ConversationEdge, ConversationRef } from '../../conversations/graph/schema.ts';
import { conversationLimits } from '../../conversations/service.ts';
import { schemaLimits } from '../../engine/grammar/schemaSize.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { messageEdge } from '../../messages/cursor.ts';
import { MessageEdge } from '../../messages/graph/schema.ts';
import { maxPromptLength } from '../prompt.ts';
import { maxKeyLength } from '../request/checks.ts';
import type { AnswerInput } from '../request/start.ts';
import type { StartedAnswer } from '../request/startedAnswer.ts';
import { GenerationOptionsInput, toOptions } from './options.schema.ts';
import { GenerationRef } from './schema.ts';

const bounds = {
  prompt: { maxLength: maxPromptLength, isPrompt: true },
  model: { maxLength: conversationLimits.model },
  idempotencyKey: { maxLength: maxKeyLength },
  clientMutationId: { maxLength: maxLengths.clientMutationId },
} as const;

type Payload = StartedAnswer & { readonly clientMutationId: string | null };

const GeneratePayload = builder.objectRef<Payload>('GeneratePayload').implement({
  description: 'What an answer begins with. Follow it by the subscription `generation`.',
  fields: (t) => ({
    generation: t.field({
      type: GenerationRef,
      description: 'The answer in the making.',
      resolve: ({ generation }) => generation,
    }),
    conversation: t.field({
      type: ConversationRef,
      description: 'Where it stands.',
      resolve: ({ conversation }) => conversation,
    }),
    conversationEdge: t.field({
      type: ConversationEdge,
      description: 'The conversation in `conversations`: it has the newest activity now.',
      resolve: ({ conversation }) => conversationEdge(conversation),
    }),
    userMessageEdge: t.field({
      type: MessageEdge,
      description: 'What is answered.',
      resolve: ({ userMessage }) => messageEdge(userMessage),
    }),
    assistantMessageEdge: t.field({
      type: MessageEdge,
      description: 'The answer, empty at first.',
      resolve: ({ assistantMessage }) => messageEdge(assistantMessage),
    }),
    clientMutationId: t.exposeID('clientMutationId', {
      nullable: true,
      description: 'As it was in the input.',
    }),
  }),
});

const CachePolicyRef = builder.enumType('CachePolicy', {
  description:
    'Whether an answer may be one that was computed before, for the same question, options and model.',
  values: {
    PREFER: { description: 'A stored answer where there is one, at once; else a new one, which is stored.' },
    REFRESH: { description: 'A new answer, which is stored.' },
    BYPASS: { description: 'A new answer, which is not stored.' },
  },
});

const answer = {
  model: "A model's name; `llama3.2` means `llama3.2:latest`. None: the conversation's, else the default.",
  options: 'How to sample it.',
  idempotencyKey:
    'The same request with the same key makes one generation, whatever the network does. Another request with this key is refused (`CONFLICT`).',
  cache:
    'Whether a stored answer will do. None: where temperature is 0 or there is a seed, a stored one for a prompt, and a new one that is stored for `regenerate`; else neither.',
  clientMutationId: 'Comes back in the payload as it is.',
};

const GenerateInput = builder.inputType('GenerateInput', {
  description: 'A prompt, and how to answer it.',
  fields: (t) => ({
    prompt: t.string({ required: true, description: "The user's message.", bounds: bounds.prompt }),
    conversationId: t.id({ description: 'Where to ask. None: a new conversation is made.' }),
    parentId: t.id({ description: "The message to answer under. None: the conversation's current leaf." }),
    model: t.string({ description: answer.model, bounds: bounds.model }),
    systemPrompt: t.string({
      description: "What the model is to be. None: the conversation's.",
      bounds: { maxLength: conversationLimits.systemPrompt },
    }),
    options: t.field({ type: GenerationOptionsInput, description: answer.options }),
    format: t.field({
      type: 'JSON',
      description: '`"json"`, or a JSON Schema that the answer must fit.',
      bounds: { maxLength: schemaLimits.characters },
    }),
    cache: t.field({ type: CachePolicyRef, description: answer.cache }),
    idempotencyKey: t.string({ description: answer.idempotencyKey, bounds: bounds.idempotencyKey }),
    clientMutationId: t.id({ description: answer.clientMutationId, bounds: bounds.clientMutationId }),
  }),
});

const RegenerateInput = builder.inputType('RegenerateInput', {
  description: 'Which answer to make again, and how.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: "An answer, or a user's message to answer." }),
    model: t.string({
      description: "A model's name. None: the one that answered before.",
      bounds: bounds.model,
    }),
    options: t.field({ type: GenerationOptionsInput, description: answer.options }),
    cache: t.field({ type: CachePolicyRef, description: answer.cache }),
    idempotencyKey: t.string({ description: answer.idempotencyKey, bounds: bounds.idempotencyKey }),
    clientMutationId: t.id({ description: answer.clientMutationId, bounds: bounds.clientMutationId }),
  }),
});

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: "Which of the user's messages to write anew, and what.",
  fields: (t) => ({
    messageId: t.id({ required: true, description: "A user's message; it stays, as another version." }),
    content: t.string({ required: true, description: 'What it says now.', bounds: bounds.prompt }),
    model: t.string({ description: answer.model, bounds: bounds.model }),
    options: t.field({ type: GenerationOptionsInput, description: answer.options }),
    cache: t.field({ type: CachePolicyRef, description: answer.cache }),
    idempotencyKey: t.string({ description: answer.idempotencyKey, bounds: bounds.idempotencyKey }),
    clientMutationId: t.id({ description: answer.clientMutationId, bounds: bounds.clientMutationId }),
  }),
});

const toAnswer = (input: Partial<typeof RegenerateInput.$inferInput>): AnswerInput => ({
  model: input.model ?? null,
  options: input.options ? toOptions(input.options) : null,
  idempotencyKey: input.idempotencyKey ?? null,
  cache: input.cache ?? null,
});

const inputDescription = 'What to do.';

builder.mutationFields((t) => ({
  generate: t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description: "Stores the user's message, begins an answer to it, and returns at once.",
    args: { input: t.arg({ type: GenerateInput, required: true, description: inputDescription }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.generate(viewerOf(context), {
        ...toAnswer(input),
        prompt: input.prompt,
        conversationId: input.conversationId ? decodeId('Conversation', input.conversationId) : null,
        parentId: input.parentId ? decodeId('Message', input.parentId) : null,
        systemPrompt: input.systemPrompt ?? null,
        format: input.format,
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
  regenerate: t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description: 'Begins another answer to the same message: a sibling of the one there is.',
    args: { input: t.arg({ type: RegenerateInput, required: true, description: inputDescription }) },
    resolve: async (_root, { input }, context) => {
      const messageId = decodeId('Message', input.messageId);
      const started = await context.generations.regenerate(viewerOf(context), {
        ...toAnswer(input),
        messageId,
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
  editMessage: t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description: "Stores another version of a user's message, and begins an answer to it.",
    args: { input: t.arg({ type: EditMessageInput, required: true, description: inputDescription }) },
    resolve: async (_root, { input }, context) => {
      const { content } = input;
      const messageId = decodeId('Message', input.messageId);
      const edit = { ...toAnswer(input), messageId, content };
      const started = await context.generations.editMessage(viewerOf(context), edit);
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
}));
