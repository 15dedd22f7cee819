import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { TokenUsageRef } from './tokenUsage.ts';

builder.objectField(ConversationRef, 'usage', (t) =>
  t.field({
    type: TokenUsageRef,
    description:
      'The total over all generations of the conversation; `tokensPerSecond` and `timeToFirstToken` are null.',
    resolve: async ({ id }, _args, context) => ({
      ...(await context.stores.generations.usageOfConversation(viewerOf(context).user.id, id)),
      tokensPerSecond: null,
      timeToFirstTokenMs: null,
    }),
  }),
);
