import { conversationEdge } from '../../conversations/cursor.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { ConversationEdge } from '../../conversations/graph/conversations.ts';
import { builder } from '../../graph/builder.ts';
import { messageEdge } from '../../messages/cursor.ts';
import { MessageEdge } from '../../messages/graph/message.ts';
import type { Started } from '../request/started.ts';
import { GenerationRef } from './generationNode.ts';

type Payload = Started & { readonly clientMutationId: string | null };

export const GeneratePayload = builder.objectRef<Payload>('GeneratePayload').implement({
  description: 'What an answer begins with. Follow it by the subscription `generation`.',
  fields: (t) => ({
    generation: t.field({
      type: GenerationRef,
      description: 'The answer in the making.',
      resolve: ({ generation }) => generation,
    }),
    conversation: t.field({
      type: ConversationRef,
      description: 'Where it stands.',
      resolve: ({ conversation }) => conversation,
    }),
    conversationEdge: t.field({
      type: ConversationEdge,
      description: 'The conversation in `conversations`: it has the newest activity now.',
      resolve: ({ conversation }) => conversationEdge(conversation),
    }),
    userMessageEdge: t.field({
      type: MessageEdge,
      description: 'What is answered.',
      resolve: ({ userMessage }) => messageEdge(userMessage),
    }),
    assistantMessageEdge: t.field({
      type: MessageEdge,
      description: 'The answer, empty at first.',
      resolve: ({ assistantMessage }) => messageEdge(assistantMessage),
    }),
    clientMutationId: t.exposeID('clientMutationId', {
      nullable: true,
      description: 'As it was in the input.',
    }),
  }),
});
