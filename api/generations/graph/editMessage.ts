import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: "Which of the user's messages to write anew, and what.",
  fields: (t) => ({
    messageId: t.id({ required: true, description: "A user's message; it stays, as another version." }),
    content: t.string({ required: true, description: 'What it says now.', bounds: answerBounds.prompt }),
    model: t.string(answerFields.model),
    options: t.field(answerFields.options),
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
    description: "Stores another version of a user's message, and begins an answer to it.",
    args: { input: t.arg({ type: EditMessageInput, required: true, description: 'What to do.' }) },
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
