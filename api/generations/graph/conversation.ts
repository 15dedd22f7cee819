import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { GenerationOptionsRef } from '../../conversations/graph/generationOptions.ts';
import { Failure } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { MessageRef } from '../../messages/graph/message.ts';
import { type ContextUse, measureContext } from '../prompt.ts';
import { TokenUsageRef } from './tokenUsage.ts';

builder.objectField(ConversationRef, 'usage', (t) =>
  t.field({
    type: TokenUsageRef,
    description:
      'The total over all generations of the conversation; `tokensPerSecond` and `timeToFirstToken` are null.',
    resolve: async ({ id }, _args, context) => ({
      ...(await context.stores.generations.usageOfConversation(viewerOf(context).user.id, id)),
      tokensPerSecond: null,
      timeToFirstTokenMs: null,
    }),
  }),
);

builder.objectField(ConversationRef, 'answering', (t) =>
  t.boolean({
    description: 'Whether an answer in the conversation is waiting for the engine or being written.',
    resolve: ({ id }, _args, context) => context.loaders.answering.load(id),
  }),
);

builder.objectField(ConversationRef, 'inheritedSystemPrompt', (t) =>
  t.string({
    nullable: true,
    description:
      "The system prompt that applies while `systemPrompt` is null: the folder's, or else the user's default. Null for none. Set an empty `systemPrompt` to use none.",
    resolve: async (conversation, _args, context) =>
      (await context.loaders.inherited.load(conversation)).systemPrompt,
  }),
);

builder.objectField(ConversationRef, 'inheritedOptions', (t) =>
  t.field({
    type: GenerationOptionsRef,
    description: "The sampling options that apply where `options` has none: the user's defaults.",
    resolve: async (conversation, _args, context) =>
      (await context.loaders.inherited.load(conversation)).options,
  }),
);

/** The timeout of measuring a conversation, in ms. */
const timeoutMs = 5_000;

/** The cost of measuring one: all its text up to the model's context is read, and its tokens are counted. */
const measuringCost = 500;

const ContextUseRef = builder.objectRef<ContextUse>('ContextUse').implement({
  description: "How much of a model's context a conversation uses.",
  fields: (t) => ({
    usedTokens: t.exposeInt('usedTokens', {
      description: 'The tokens of the system prompt and of the messages that reach the model.',
    }),
    maxTokens: t.exposeInt('maxTokens', {
      nullable: true,
      description:
        "The maximum number of tokens of a prompt: the model's context, less what is reserved for the answer. Null if unknown.",
    }),
    firstMessage: t.field({
      type: MessageRef,
      nullable: true,
      description:
        'The oldest message that reaches the model. Earlier ones are left out of the prompt. Null if all messages reach it.',
      resolve: ({ firstMessage }) => firstMessage,
    }),
  }),
});

builder.objectField(ConversationRef, 'context', (t) =>
  t.field({
    type: ContextUseRef,
    nullable: true,
    description:
      "How much of the context of the conversation's model the next prompt uses, by the messages so far. Null if the engine is unavailable.",
    extensions: { cost: measuringCost },
    resolve: async (conversation, _args, context) => {
      const { engine, models, promptAttachments, settings, stores, measuring } = context;
      const endTurn = await measuring.acquire(conversation.ownerId);
      try {
        const { name } = await models.resolve(conversation.model);
        const signal = AbortSignal.timeout(timeoutMs);
        return await measureContext(
          { engine, messages: stores.messages, promptAttachments },
          { ...conversation, ...(await settings.of(conversation, name)) },
          name,
          signal,
        );
      } catch (error) {
        if (error instanceof Failure || (error instanceof Error && error.name === 'TimeoutError'))
          return null;
        throw error;
      } finally {
        endTurn();
      }
    },
  }),
);
