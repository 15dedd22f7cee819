import { conversationLimits } from '../../conversations/service.ts';
import { schemaLimits } from '../../engine/grammar/schemaSize.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const GenerateInput = builder.inputType('GenerateInput', {
  description: 'A prompt, and how to answer it.',
  fields: (t) => ({
    prompt: t.string({ required: true, description: "The user's message.", bounds: answerBounds.prompt }),
    conversationId: t.id({ description: 'Where to ask. None: a new conversation is made.' }),
    parentId: t.id({ description: "The message to answer under. None: the conversation's current leaf." }),
    model: t.string(answerFields.model),
    systemPrompt: t.string({
      description: "What the model is to be. None: the conversation's.",
      bounds: { maxLength: conversationLimits.systemPrompt },
    }),
    options: t.field(answerFields.options),
    format: t.field({
      type: 'JSON',
      description: '`"json"`, or a JSON Schema that the answer must fit.',
      bounds: { maxLength: schemaLimits.characters },
    }),
    cache: t.field(answerFields.cache),
    idempotencyKey: t.string(answerFields.idempotencyKey),
    clientMutationId: t.id(answerFields.clientMutationId),
  }),
});

builder.mutationField('generate', (t) =>
  t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description: "Stores the user's message, begins an answer to it, and returns at once.",
    args: { input: t.arg({ type: GenerateInput, required: true, description: 'What to do.' }) },
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
);
