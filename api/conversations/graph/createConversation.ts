import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { conversationBounds } from '../bounds.ts';
import type { Conversation } from '../conversation.ts';
import { conversationEdge } from '../cursor.ts';
import { ConversationRef } from './conversation.ts';
import { ConversationEdge } from './conversations.ts';
import { GenerationOptionsInput, toOptions } from './generationOptions.ts';

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'createConversation',
  {
    description: 'What to begin with; all of it may be left out.',
    inputFields: (t) => ({
      title: t.string({
        description: 'None: the beginning of its first prompt.',
        bounds: conversationBounds.title,
      }),
      model: t.string({
        description: 'What answers unless another is asked for.',
        bounds: conversationBounds.model,
      }),
      systemPrompt: t.string({
        description: 'What the model is told to be.',
        bounds: conversationBounds.systemPrompt,
      }),
      options: t.field({ type: GenerationOptionsInput, description: 'How answers are sampled.' }),
      tags: t.stringList({ description: 'Words to find it by.', bounds: conversationBounds.tags }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Begins a conversation without a message. `generate` alone does that too.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      conversation: await context.conversations.create(viewerOf(context), {
        title: input.title ?? null,
        model: input.model ?? null,
        systemPrompt: input.systemPrompt ?? null,
        options: input.options ? toOptions(input.options) : {},
        tags: input.tags ?? [],
      }),
    }),
  },
  {
    description: 'What was begun.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'The new conversation.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
      conversationEdge: t.field({
        type: ConversationEdge,
        description: 'The same, in `conversations`.',
        resolve: ({ conversation }: Payload) => conversationEdge(conversation),
      }),
    }),
  },
);
