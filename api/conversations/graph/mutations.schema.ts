import { GenerationOptionsInput, toOptions } from '../../generations/graph/options.schema.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { conversationEdge } from '../connection.ts';
import type { Conversation } from '../conversation.ts';
import { conversationLimits } from '../service.ts';
import { ConversationEdge, ConversationRef } from './schema.ts';

const bounds = {
  title: { maxLength: conversationLimits.title },
  model: { maxLength: conversationLimits.model },
  systemPrompt: { maxLength: conversationLimits.systemPrompt },
  tags: { maxItems: conversationLimits.tags, maxLength: conversationLimits.tag },
} as const;

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'createConversation',
  {
    description: 'What to begin with; all of it may be left out.',
    inputFields: (t) => ({
      title: t.string({ description: 'None: the beginning of its first prompt.', bounds: bounds.title }),
      model: t.string({ description: 'What answers unless another is asked for.', bounds: bounds.model }),
      systemPrompt: t.string({ description: 'What the model is told to be.', bounds: bounds.systemPrompt }),
      options: t.field({ type: GenerationOptionsInput, description: 'How answers are sampled.' }),
      tags: t.stringList({ description: 'Words to find it by.', bounds: bounds.tags }),
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

builder.relayMutationField(
  'updateConversation',
  {
    description: 'What to change. What is absent stays; null clears, where that has a meaning.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The conversation.' }),
      title: t.string({ description: 'At least one character that is not a space.', bounds: bounds.title }),
      model: t.string({
        description: 'What answers unless another is asked for; null: the default.',
        bounds: bounds.model,
      }),
      systemPrompt: t.string({
        description: 'What the model is told to be; null: nothing.',
        bounds: bounds.systemPrompt,
      }),
      options: t.field({
        type: GenerationOptionsInput,
        description: 'How answers are sampled; null: by default.',
      }),
      pinned: t.boolean({ description: 'Whether it stands above those that are not.' }),
      archived: t.boolean({ description: 'Whether it is put away.' }),
      tags: t.stringList({ description: 'Words to find it by; null: none.', bounds: bounds.tags }),
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
