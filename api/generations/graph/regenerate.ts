import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const RegenerateInput = builder.inputType('RegenerateInput', {
  description: 'The answer to regenerate, and how.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The id of an answer, or of a user message to answer.' }),
    model: t.string({
      description: 'The name of the model. Omitted: the model of the previous answer.',
      bounds: answerBounds.model,
    }),
    options: t.field(answerFields.options),
    tools: t.stringList(answerFields.tools),
    cache: t.field(answerFields.cache),
    idempotencyKey: t.string(answerFields.idempotencyKey),
    clientMutationId: t.id(answerFields.clientMutationId),
  }),
});

builder.mutationField('regenerate', (t) =>
  t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description:
      'Starts a generation of another answer to the same message, as a sibling of the existing one.',
    args: { input: t.arg({ type: RegenerateInput, required: true, description: 'The input.' }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.regenerate(viewerOf(context), {
        ...toAnswer(input),
        messageId: decodeId('Message', input.messageId),
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
