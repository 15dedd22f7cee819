import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const RegenerateInput = builder.inputType('RegenerateInput', {
  description: 'Which answer to make again, and how.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: "An answer, or a user's message to answer." }),
    model: t.string({
      description: "A model's name. None: the one that answered before.",
      bounds: answerBounds.model,
    }),
    options: t.field(answerFields.options),
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
    description: 'Begins another answer to the same message: a sibling of the one there is.',
    args: { input: t.arg({ type: RegenerateInput, required: true, description: 'What to do.' }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.regenerate(viewerOf(context), {
        ...toAnswer(input),
        messageId: decodeId('Message', input.messageId),
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
