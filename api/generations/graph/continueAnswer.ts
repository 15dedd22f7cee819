import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const ContinueAnswerInput = builder.inputType('ContinueAnswerInput', {
  description: 'The answer to continue, and how.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The id of an answer. It is kept as another version.' }),
    model: t.string({
      description: "The name of the model. Omitted: the answer's model, or else the conversation's.",
      bounds: answerBounds.model,
    }),
    options: t.field(answerFields.options),
    idempotencyKey: t.string(answerFields.idempotencyKey),
    clientMutationId: t.id(answerFields.clientMutationId),
  }),
});

builder.mutationField('continueAnswer', (t) =>
  t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description:
      'Starts a generation that continues an answer, complete or edited, wherever it is in its conversation. The result is a sibling that begins with its text. `continueGeneration` continues an unfinished answer in its place instead.',
    args: { input: t.arg({ type: ContinueAnswerInput, required: true, description: 'The input.' }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.continueAnswer(viewerOf(context), {
        ...toAnswer(input),
        messageId: decodeId('Message', input.messageId),
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
