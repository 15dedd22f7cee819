import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';

builder.relayMutationField(
  'cancelModelPull',
  {
    description: 'Which fetching to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: "The pull's id." }) }),
  },
  {
    authScopes: { may: 'manageModels' },
    description: 'Ends the fetching of a model. What was fetched is kept for the next time.',
    resolve: async (_root, { input: { id } }, context) => {
      await context.pulls.cancel(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      id: t.id({ description: "The pull's id.", resolve: ({ id }: { id: string }) => id }),
    }),
  },
);
