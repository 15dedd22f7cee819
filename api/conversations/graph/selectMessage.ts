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
    description: 'Which version to show.',
    inputFields: (t) => ({
      messageId: t.id({ required: true, description: 'A message of the branch to show.' }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Shows another version: the branch through this message, down to its newest end, becomes the current one.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      conversation: await context.conversations.select(
        viewerOf(context),
        decodeId('Message', input.messageId),
      ),
    }),
  },
  {
    description: 'Where it is shown.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'With the branch as its `messages`.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
    }),
  },
);
