import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteConversation',
  {
    description: 'Which conversation to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The conversation.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Deletes a conversation with its messages, for good. Answers in the making are cancelled.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Conversation', input.id);
      await context.conversations.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedConversationId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('Conversation', id),
      }),
    }),
  },
);
