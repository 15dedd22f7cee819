import { GenerationOptionsRef } from '../../conversations/graph/generationOptions.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { AnswerDefaults } from '../answerDefaults.ts';

export const AnswerDefaultsRef = builder.objectRef<AnswerDefaults>('AnswerDefaults');

builder.node(AnswerDefaultsRef, {
  description:
    "The settings that a user's conversations inherit. A conversation's own come first, then its folder's system prompt, then the user's for the model, then the user's for all models, then the model's.",
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.stores.answerDefaults.findMany(viewerOf(context).user.id, ids)),
  ],
  fields: (t) => ({
    model: t.exposeString('model', {
      nullable: true,
      description: 'The name of the model that they are for; null for all models.',
    }),
    systemPrompt: t.exposeString('systemPrompt', { nullable: true, description: 'The system prompt.' }),
    options: t.field({
      type: GenerationOptionsRef,
      description: 'The sampling options.',
      resolve: ({ options }) => options,
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When they were last changed.' }),
  }),
});

builder.objectField(UserRef, 'answerDefaults', (t) =>
  t.field({
    type: [AnswerDefaultsRef],
    description:
      'The settings that the user’s conversations inherit: those for all models first, then by model; at most 100. `FORBIDDEN` for other users.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id) throw forbidden('You can list only your own defaults.');
      return [...(await context.answerDefaults.all(viewer))];
    },
  }),
);
