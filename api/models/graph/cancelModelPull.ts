import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';

builder.relayMutationField(
  'cancelModelPull',
  {
    description: 'The download to cancel.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the download.' }) }),
  },
  {
    authScopes: { may: 'manageModels' },
    description: 'Cancels the download of a model. Downloaded parts are kept for the next attempt.',
    resolve: async (_root, { input: { id } }, context) => {
      await context.pulls.cancel(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The cancelled download.',
    outputFields: (t) => ({
      id: t.id({ description: 'The id of the download.', resolve: ({ id }: { id: string }) => id }),
    }),
  },
);
