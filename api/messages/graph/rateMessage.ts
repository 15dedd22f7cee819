import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Message } from '../message.ts';
import { MessageRef, RatingRef } from './message.ts';

builder.relayMutationField(
  'rateMessage',
  {
    description: 'The answer to rate.',
    inputFields: (t) => ({
      messageId: t.id({ required: true, description: 'The id of the answer.' }),
      rating: t.field({ type: RatingRef, description: 'The rating. Omitted or null: removes it.' }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: "Rates an answer. The rating is kept with the message, and is part of the account's export.",
    resolve: async (_root, { input }, context): Promise<{ readonly message: Message }> => ({
      message: await context.messages.rate(
        viewerOf(context),
        decodeId('Message', input.messageId),
        input.rating ?? null,
      ),
    }),
  },
  {
    description: 'The rated answer.',
    outputFields: (t) => ({
      message: t.field({
        type: MessageRef,
        description: 'The answer.',
        resolve: ({ message }: { readonly message: Message }) => message,
      }),
    }),
  },
);
