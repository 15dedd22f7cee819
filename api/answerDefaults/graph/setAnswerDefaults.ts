import type { User } from '../../access/user.ts';
import { conversationBounds } from '../../conversations/bounds.ts';
import { GenerationOptionsInput, toOptions } from '../../conversations/graph/generationOptions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { AnswerDefaults } from '../answerDefaults.ts';
import { AnswerDefaultsRef } from './answerDefaults.ts';

interface Payload {
  readonly answerDefaults: AnswerDefaults | null;
  readonly viewer: User;
}

builder.relayMutationField(
  'setAnswerDefaults',
  {
    description: 'The defaults. They replace those for the same model; without settings, they are deleted.',
    inputFields: (t) => ({
      model: t.string({
        description: 'The model that they are for. Omitted: all models.',
        bounds: conversationBounds.model,
      }),
      systemPrompt: t.string({
        description: 'The system prompt. Omitted: none.',
        bounds: conversationBounds.systemPrompt,
      }),
      options: t.field({
        type: GenerationOptionsInput,
        description: 'The sampling options. Omitted: none.',
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      "Sets what the viewer's conversations inherit, from their next answers on. `MODEL_NOT_FOUND` for a model that is not installed.",
    resolve: async (_root, { input }, context): Promise<Payload> => {
      const viewer = viewerOf(context);
      const answerDefaults = await context.answerDefaults.set(viewer, {
        model: input.model ?? null,
        systemPrompt: input.systemPrompt ?? null,
        options: input.options ? toOptions(input.options) : {},
      });
      return { answerDefaults, viewer: viewer.user };
    },
  },
  {
    description: 'The changed defaults.',
    outputFields: (t) => ({
      answerDefaults: t.field({
        type: AnswerDefaultsRef,
        nullable: true,
        description: 'The defaults; null if they were deleted.',
        resolve: ({ answerDefaults }: Payload) => answerDefaults,
      }),
      viewer: t.field({
        type: UserRef,
        description: 'The viewer, with all defaults.',
        resolve: ({ viewer }: Payload) => viewer,
      }),
    }),
  },
);
