import { may } from '../../access/permissions.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { notFound } from '../../errors/failures.ts';
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
