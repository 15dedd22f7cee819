import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { conversationEdge } from '../cursor.ts';
import type { ConversationChange } from '../topics.ts';
import { ConversationRef } from './conversation.ts';
import { ConversationEdge } from './conversations.ts';

const ConversationChangeKind = builder.enumType('ConversationChangeKind', {
  description: 'What happened to a conversation.',
  values: {
    CREATED: { description: 'It is new, and has no message yet.' },
    UPDATED: { description: 'Something of it changed, or one of its answers ended.' },
    DELETED: { description: 'It is gone.' },
    MESSAGES_ADDED: { description: 'It has new messages, in `messageEdges`. It may be new itself.' },
  },
});

export const ConversationChangeRef = builder.objectRef<ConversationChange>('ConversationChange').implement({
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
  }),
});
