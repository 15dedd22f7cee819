import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { conversationBounds, maxChosenCollections } from '../bounds.ts';
import { conversationEdge } from '../connection.ts';
import type { Conversation } from '../conversation.ts';
import { ConversationRef } from './conversation.ts';
import { ConversationEdge } from './conversations.ts';
import { GenerationOptionsInput, toOptions } from './generationOptions.ts';

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'createConversation',
  {
    description: 'The conversation to create. All fields are optional.',
    inputFields: (t) => ({
      title: t.string({
        description: 'The title. Omitted: the beginning of the first prompt.',
        bounds: conversationBounds.title,
      }),
      model: t.string({
        description: 'The model that answers by default.',
        bounds: conversationBounds.model,
      }),
      systemPrompt: t.string({
        description: 'The system prompt.',
        bounds: conversationBounds.systemPrompt,
      }),
      options: t.field({ type: GenerationOptionsInput, description: 'The sampling options for answers.' }),
      tags: t.stringList({ description: 'The tags.', bounds: conversationBounds.tags }),
      folderId: t.id({ description: 'The folder to put it into.' }),
      collections: t.idList({
        description: 'The collections that answers search.',
        bounds: { maxItems: maxChosenCollections, maxLength: maxLengths.id },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Creates an empty conversation. `generate` also creates one when it is not given any.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      conversation: await context.conversations.create(viewerOf(context), {
        title: input.title ?? null,
        model: input.model ?? null,
        systemPrompt: input.systemPrompt ?? null,
        options: input.options ? toOptions(input.options) : {},
        tags: input.tags ?? [],
        folderId: input.folderId ? decodeId('Folder', input.folderId) : null,
        collectionIds: (input.collections ?? []).map((one) => decodeId('Collection', one)),
      }),
    }),
  },
  {
    description: 'The created conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'The conversation.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
      conversationEdge: t.field({
        type: ConversationEdge,
        description: 'The edge of the conversation in `conversations`.',
        resolve: ({ conversation }: Payload) => conversationEdge(conversation),
      }),
    }),
  },
);
