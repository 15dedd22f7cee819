import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'cancelActiveGeneration',
  {
    description: 'Which generation to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The generation, whoever’s it is.' }) }),
  },
  {
    authScopes: { may: 'manageGenerations' },
    description:
      'Ends a generation of any user, waiting or running: the engine stops, its owner keeps the text so far. For administrators.',
    resolve: async (_root, { input }, context) => {
      await context.activity.cancelActive(viewerOf(context), decodeId('Generation', input.id));
      return { id: input.id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      cancelledGenerationId: t.id({
        description: 'The id of the generation.',
        resolve: ({ id }: { id: string | number }) => String(id),
      }),
    }),
  },
);
