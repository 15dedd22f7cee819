import { may } from '../../access/permissions.ts';
import { ConversationRef } from '../../conversations/graph/schema.ts';
import { notFound } from '../../errors/failures.ts';
import { GenerationRef } from '../../generations/graph/schema.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { Message } from '../message.ts';

const MessageRole = builder.enumType('MessageRole', {
  description: 'Who a message is from.',
  values: {
    SYSTEM: { description: 'What the model is told to be.' },
    USER: { description: 'A person, or a program for one.' },
    ASSISTANT: { description: 'The model.' },
    TOOL: { description: 'What a tool gave back.' },
  },
});

export const MessageRef = builder.objectRef<Message>('Message');

builder.node(MessageRef, {
  description: "One message of a conversation's tree.",
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.message.load(id)),
  fields: (t) => ({
    role: t.field({ type: MessageRole, description: 'Who it is from.', resolve: ({ role }) => role }),
    content: t.string({
      description: 'What it says; of an answer in the making, what has arrived so far.',
      resolve: async ({ content, generationId }, _args, { loaders, generations }) => {
        const generation = generationId ? await loaders.generation.load(generationId) : null;
        if (!generation) return content;
        return (await generations.currentText(generation, (id) => loaders.message.load(id))).text;
      },
    }),
    conversation: t.field({
      type: ConversationRef,
      description: 'Where it stands.',
      resolve: async ({ conversationId }, _args, { loaders }) => {
        const conversation = await loaders.conversation.load(conversationId);
        if (!conversation) throw notFound('conversation');
        return conversation;
      },
    }),
    parent: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The message it follows; null for the first.',
      resolve: ({ parentId }, _args, { loaders }) => (parentId ? loaders.message.load(parentId) : null),
    }),
    siblings: t.field({
      type: [MessageRef],
      description: 'The versions at this point, oldest first, this one among them: edits and regenerations.',
      resolve: async ({ conversationId, parentId }, _args, context) => [
        ...(await context.stores.messages.children(viewerOf(context).user.id, conversationId, parentId)),
      ],
    }),
    generation: t.field({
      type: GenerationRef,
      nullable: true,
      description: 'On an answer: what makes it, or made it.',
      resolve: ({ generationId }, _args, { loaders }) =>
        generationId ? loaders.generation.load(generationId) : null,
    }),
    viewerCanEdit: t.boolean({
      description: 'Whether `editMessage` would take another version of it from the viewer.',
      resolve: ({ role }, _args, { viewer }) => role === 'USER' && may(viewer, 'generate'),
    }),
    viewerCanRegenerate: t.boolean({
      description: 'Whether `regenerate` would make another answer at it for the viewer.',
      resolve: ({ role }, _args, { viewer }) =>
        (role === 'ASSISTANT' || role === 'USER') && may(viewer, 'generate'),
    }),
    viewerCanSelect: t.boolean({
      description: 'Whether the viewer may show it instead of its other versions.',
      resolve: (_message, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
  }),
});

export const MessageEdge = builder.edgeObject({
  type: MessageRef,
  name: 'MessageEdge',
  description: 'A message on its path.',
});

export const MessageConnection = builder.connectionObject(
  { type: MessageRef, name: 'MessageConnection', description: 'A page of a path, oldest first.' },
  MessageEdge,
);
