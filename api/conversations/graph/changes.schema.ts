import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { messageEdge } from '../../messages/connection.ts';
import { MessageEdge } from '../../messages/graph/schema.ts';
import { untilReturn } from '../../realtime/untilReturn.ts';
import { watchConversations } from '../changes.ts';
import { conversationEdge } from '../connection.ts';
import type { ConversationChange } from '../topics.ts';
import { ConversationEdge, ConversationRef } from './schema.ts';

const ConversationChangeKind = builder.enumType('ConversationChangeKind', {
  description: 'What happened to a conversation.',
  values: {
    CREATED: { description: 'It is new, and has no message yet.' },
    UPDATED: { description: 'Something of it changed, or one of its answers ended.' },
    DELETED: { description: 'It is gone.' },
    MESSAGES_ADDED: { description: 'It has new messages, in `messageEdges`. It may be new itself.' },
  },
});

const ConversationChangeRef = builder.objectRef<ConversationChange>('ConversationChange').implement({
  description: "A change of one of the viewer's conversations.",
  fields: (t) => ({
    kind: t.field({
      type: ConversationChangeKind,
      description: 'What happened.',
      resolve: ({ kind }) => kind,
    }),
    conversationId: t.id({
      description: 'Which conversation.',
      resolve: ({ conversationId }) => encodeId('Conversation', conversationId),
    }),
    conversation: t.field({
      type: ConversationRef,
      nullable: true,
      description: 'As it is now; null when it is gone.',
      resolve: ({ conversationId }, _args, { loaders }) => loaders.conversation.load(conversationId),
    }),
    conversationEdge: t.field({
      type: ConversationEdge,
      nullable: true,
      description: 'The same, in `conversations`.',
      resolve: async ({ conversationId }, _args, { loaders }) => {
        const conversation = await loaders.conversation.load(conversationId);
        return conversation && conversationEdge(conversation);
      },
    }),
    messageEdges: t.field({
      type: [MessageEdge],
      description: 'The new messages, oldest first; none unless `kind` is `MESSAGES_ADDED`.',
      resolve: async ({ messageIds }, _args, { loaders }) => {
        const messages = await Promise.all(messageIds.map((id) => loaders.message.load(id)));
        return messages.filter((message) => message !== null).map(messageEdge);
      },
    }),
  }),
});

builder.subscriptionField('conversationChanged', (t) =>
  t.field({
    type: ConversationChangeRef,
    description: "Follows the viewer's own conversations, for every open tab and device.",
    subscribe: (_root, _args, context) =>
      untilReturn((signal) => watchConversations(context.bus, viewerOf(context).user.id, signal)),
    resolve: (change) => change,
  }),
);
