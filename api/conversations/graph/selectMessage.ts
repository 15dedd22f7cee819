import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Conversation } from '../conversation.ts';
import { ConversationRef } from './conversation.ts';

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'selectMessage',
  {
    description: 'The version to select.',
    inputFields: (t) => ({
      messageId: t.id({ required: true, description: 'The id of a message on the branch to show.' }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Selects a version: the branch through this message, to its newest leaf, becomes the current one.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      conversation: await context.conversations.select(
        viewerOf(context),
        decodeId('Message', input.messageId),
      ),
    }),
  },
  {
    description: 'The changed conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'The conversation. Its `messages` now follow the branch.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
    }),
  },
);
