import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { messageEdge } from '../connection.ts';
import { type EditedAnswer, maxAnswerLength } from '../service.ts';
import { MessageEdge } from './message.ts';

builder.relayMutationField(
  'editAnswer',
  {
    description: 'The answer to edit, and its new text.',
    inputFields: (t) => ({
      messageId: t.id({
        required: true,
        description: 'The id of the answer. It is kept as another version.',
      }),
      content: t.string({
        required: true,
        description: 'The new text.',
        bounds: { maxLength: maxAnswerLength, isPrompt: true },
      }),
      idempotencyKey: t.string({
        description:
          'An idempotency key: repeating a request with the same key adds no second version. `CONFLICT` if the key was used for a different request.',
        bounds: { maxLength: maxLengths.idempotencyKey },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Stores an edited version of an answer and selects it. Later prompts use its text. It starts no generation.',
    resolve: (_root, { input }, context): Promise<EditedAnswer> =>
      context.messages.editAnswer(viewerOf(context), {
        messageId: decodeId('Message', input.messageId),
        content: input.content,
        idempotencyKey: input.idempotencyKey || null,
      }),
  },
  {
    description: 'The edited version.',
    outputFields: (t) => ({
      messageEdge: t.field({
        type: MessageEdge,
        description: 'The edge of the edited version.',
        resolve: ({ message }: EditedAnswer) => messageEdge(message),
      }),
      conversation: t.field({
        type: ConversationRef,
        description: 'The conversation, which shows the edited version.',
        resolve: ({ conversation }: EditedAnswer) => conversation,
      }),
    }),
  },
);
