import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { conversationEdge } from '../connection.ts';
import type { ConversationChange } from '../topics.ts';
import { ConversationRef } from './conversation.ts';
import { ConversationEdge } from './conversations.ts';

const ConversationChangeKind = builder.enumType('ConversationChangeKind', {
  description: 'The kind of a change.',
  values: {
    CREATED: { description: 'The conversation was created, without messages.' },
    UPDATED: { description: 'The conversation was changed, or one of its generations ended.' },
    DELETED: { description: 'The conversation was deleted.' },
    MESSAGES_ADDED: {
      description: 'Messages were added, listed in `messageEdges`. The conversation may be new.',
    },
  },
});

export const ConversationChangeRef = builder.objectRef<ConversationChange>('ConversationChange').implement({
  description: "A change to one of the viewer's conversations.",
  fields: (t) => ({
    kind: t.field({
      type: ConversationChangeKind,
      description: 'The kind of the change.',
      resolve: ({ kind }) => kind,
    }),
    conversationId: t.id({
      description: 'The id of the conversation.',
      resolve: ({ conversationId }) => encodeId('Conversation', conversationId),
    }),
    conversation: t.field({
      type: ConversationRef,
      nullable: true,
      description: 'The conversation after the change; null if it was deleted.',
      resolve: ({ conversationId }, _args, { loaders }) => loaders.conversation.load(conversationId),
    }),
    conversationEdge: t.field({
      type: ConversationEdge,
      nullable: true,
      description: 'The edge of the conversation in `conversations`; null if it was deleted or is temporary.',
      resolve: async ({ conversationId }, _args, { loaders }) => {
        const conversation = await loaders.conversation.load(conversationId);
        return conversation && !conversation.expiresAt ? conversationEdge(conversation) : null;
      },
    }),
  }),
});
