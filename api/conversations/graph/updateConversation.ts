import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { conversationBounds } from '../bounds.ts';
import type { Conversation } from '../conversation.ts';
import { ConversationRef } from './conversation.ts';
import { GenerationOptionsInput, toOptions } from './generationOptions.ts';

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'updateConversation',
  {
    description: 'What to change. What is absent stays; null clears, where that has a meaning.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The conversation.' }),
      title: t.string({
        description: 'At least one character that is not a space.',
        bounds: conversationBounds.title,
      }),
      model: t.string({
        description: 'What answers unless another is asked for; null: the default.',
        bounds: conversationBounds.model,
      }),
      systemPrompt: t.string({
        description: 'What the model is told to be; null: nothing.',
        bounds: conversationBounds.systemPrompt,
      }),
      options: t.field({
        type: GenerationOptionsInput,
        description: 'How answers are sampled; null: by default.',
      }),
      pinned: t.boolean({ description: 'Whether it stands above those that are not.' }),
      archived: t.boolean({ description: 'Whether it is put away.' }),
      tags: t.stringList({
        description: 'Words to find it by; null: none.',
        bounds: conversationBounds.tags,
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Changes a conversation.',
    resolve: async (_root, { input }, context): Promise<Payload> => {
      const { id, title, model, systemPrompt, options, pinned, archived, tags } = input;
      const edit = {
        ...(typeof title === 'string' && { title }),
        ...(model !== undefined && { model }),
        ...(systemPrompt !== undefined && { systemPrompt }),
        ...(options !== undefined && { options: options ? toOptions(options) : {} }),
        ...(typeof pinned === 'boolean' && { pinned }),
        ...(typeof archived === 'boolean' && { archived }),
        ...(tags !== undefined && { tags: tags ?? [] }),
      };
      const conversation = await context.conversations.update(
        viewerOf(context),
        decodeId('Conversation', id),
        edit,
      );
      return { conversation };
    },
  },
  {
    description: 'What was changed.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'As it is now.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
    }),
  },
);
