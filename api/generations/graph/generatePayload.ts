import { conversationEdge } from '../../conversations/connection.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { ConversationEdge } from '../../conversations/graph/conversations.ts';
import { builder } from '../../graph/builder.ts';
import { messageEdge } from '../../messages/connection.ts';
import { MessageEdge } from '../../messages/graph/message.ts';
import type { StartedAnswer } from '../request/startedAnswer.ts';
import { GenerationRef } from './generationNode.ts';

type Payload = StartedAnswer & { readonly clientMutationId: string | null };

export const GeneratePayload = builder.objectRef<Payload>('GeneratePayload').implement({
  description: 'The started generation. Follow it with the subscription `generation`.',
  fields: (t) => ({
    generation: t.field({
      type: GenerationRef,
      description: 'The generation.',
      resolve: ({ generation }) => generation,
    }),
    conversation: t.field({
      type: ConversationRef,
      description: 'The conversation.',
      resolve: ({ conversation }) => conversation,
    }),
    conversationEdge: t.field({
      type: ConversationEdge,
      description: 'The edge of the conversation in `conversations`, updated to the latest activity.',
      resolve: ({ conversation }) => conversationEdge(conversation),
    }),
    userMessageEdge: t.field({
      type: MessageEdge,
      description: 'The edge of the user message.',
      resolve: ({ userMessage }) => messageEdge(userMessage),
    }),
    assistantMessageEdge: t.field({
      type: MessageEdge,
      description: 'The edge of the answer, which is empty at first.',
      resolve: ({ assistantMessage }) => messageEdge(assistantMessage),
    }),
    modelReason: t.string({
      nullable: true,
      description:
        'Why another model than the requested one answers: an alias of `MODEL_ALIASES` or a `MODEL_FALLBACK`. Null if the requested model answers.',
      resolve: ({ modelReason }) => modelReason ?? null,
    }),
    clientMutationId: t.exposeID('clientMutationId', {
      nullable: true,
      description: 'The value passed in the input.',
    }),
  }),
});
