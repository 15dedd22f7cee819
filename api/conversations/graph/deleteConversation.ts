import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteConversation',
  {
    description: 'The conversation to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the conversation.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Permanently deletes a conversation with its messages, and cancels its running generations.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Conversation', input.id);
      await context.conversations.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The deleted conversation.',
    outputFields: (t) => ({
      deletedConversationId: t.id({
        description: 'The id of the deleted conversation.',
        resolve: ({ id }: { id: string }) => encodeId('Conversation', id),
      }),
    }),
  },
);
