import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: 'The message to edit, and how to answer it.',
  fields: (t) => ({
    messageId: t.id({
      required: true,
      description: 'The id of a user message. The original is kept as another version.',
    }),
    content: t.string({ required: true, description: 'The new content.', bounds: answerBounds.prompt }),
    model: t.string(answerFields.model),
    options: t.field(answerFields.options),
    tools: t.stringList(answerFields.tools),
    cache: t.field(answerFields.cache),
    idempotencyKey: t.string(answerFields.idempotencyKey),
    clientMutationId: t.id(answerFields.clientMutationId),
  }),
});

builder.mutationField('editMessage', (t) =>
  t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description: 'Stores an edited version of a user message, and starts a generation that answers it.',
    args: { input: t.arg({ type: EditMessageInput, required: true, description: 'The input.' }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.editMessage(viewerOf(context), {
        ...toAnswer(input),
        messageId: decodeId('Message', input.messageId),
        content: input.content,
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
