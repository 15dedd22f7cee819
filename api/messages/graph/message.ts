import { may } from '../../access/permissions.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { notFound } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { Message } from '../message.ts';

export const MessageRoleRef = builder.enumType('MessageRole', {
  description: 'The author of a message.',
  values: {
    SYSTEM: { description: 'The system prompt.' },
    USER: { description: 'The user, or a program on their behalf.' },
    ASSISTANT: { description: 'The model.' },
    TOOL: { description: 'The result of a tool call.' },
  },
});

export const RatingRef = builder.enumType('Rating', {
  description: "The owner's rating of an answer.",
  values: { GOOD: { description: 'A good answer.' }, BAD: { description: 'A bad answer.' } } as const,
});

export const MessageRef = builder.objectRef<Message>('Message');

builder.node(MessageRef, {
  description: 'A message in the tree of a conversation.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.message.load(id)),
  fields: (t) => ({
    role: t.field({
      type: MessageRoleRef,
      description: 'The author of the message.',
      resolve: ({ role }) => role,
    }),
    conversation: t.field({
      type: ConversationRef,
      description: 'The conversation of the message.',
      resolve: async ({ conversationId }, _args, { loaders }) => {
        const conversation = await loaders.conversation.load(conversationId);
        if (!conversation) throw notFound('conversation');
        return conversation;
      },
    }),
    parent: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The preceding message; null for the first.',
      resolve: ({ parentId }, _args, { loaders }) => (parentId ? loaders.message.load(parentId) : null),
    }),
    rating: t.field({
      type: RatingRef,
      nullable: true,
      description: 'The rating by `rateMessage`; null if there is none.',
      resolve: ({ rating }) => rating ?? null,
    }),
    position: t.int({
      description: 'The number of messages before it on its path: 0 for the first.',
      resolve: ({ depth }) => depth,
    }),
    selected: t.boolean({
      description: 'Whether it is on the selected path of the conversation, the one that `messages` returns.',
      resolve: async ({ id, conversationId, depth, ownerId }, _args, { loaders, stores }) => {
        const leafId = (await loaders.conversation.load(conversationId))?.leafId;
        if (!leafId || leafId === id) return leafId === id;
        const before = depth === 0 ? null : depth - 1;
        const page = { direction: 'forward', size: 1, after: before, before: null } as const;
        const path = await stores.messages.path(ownerId, leafId, page);
        return path.items[0]?.id === id;
      },
    }),
    siblings: t.field({
      type: [MessageRef],
      description:
        'All versions at this point of the conversation, oldest first, including this one: edits and regenerations.',
      resolve: async ({ conversationId, parentId }, _args, context) => [
        ...(await context.stores.messages.children(viewerOf(context).user.id, conversationId, parentId)),
      ],
    }),
    editedFrom: t.field({
      type: MessageRef,
      nullable: true,
      description:
        'The answer that was edited to make this one with `editAnswer`; null for one that was not edited.',
      resolve: ({ editedFrom }, _args, { loaders }) => (editedFrom ? loaders.message.load(editedFrom) : null),
    }),
    viewerCanEditAnswer: t.boolean({
      description: 'Whether the viewer may edit the message with `editAnswer`.',
      resolve: ({ role }, _args, { viewer }) => role === 'ASSISTANT' && may(viewer, 'writeConversations'),
    }),
    viewerCanContinue: t.boolean({
      description: 'Whether the viewer may continue the message with `continueAnswer`.',
      resolve: ({ role }, _args, { viewer }) => role === 'ASSISTANT' && may(viewer, 'generate'),
    }),
    viewerCanEdit: t.boolean({
      description: 'Whether the viewer may edit the message with `editMessage`.',
      resolve: ({ role }, _args, { viewer }) => role === 'USER' && may(viewer, 'generate'),
    }),
    viewerCanRegenerate: t.boolean({
      description: 'Whether the viewer may generate another answer at the message with `regenerate`.',
      resolve: ({ role }, _args, { viewer }) =>
        (role === 'ASSISTANT' || role === 'USER') && may(viewer, 'generate'),
    }),
    viewerCanSelect: t.boolean({
      description: 'Whether the viewer may select the message with `selectMessage`.',
      resolve: (_message, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the message was created.' }),
  }),
});

export const MessageEdge = builder.edgeObject({
  type: MessageRef,
  name: 'MessageEdge',
  description: 'A message in a list.',
});

export const MessageConnection = builder.connectionObject(
  { type: MessageRef, name: 'MessageConnection', description: 'A page of messages, oldest first.' },
  MessageEdge,
);
