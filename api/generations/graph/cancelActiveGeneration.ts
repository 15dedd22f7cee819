import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'cancelActiveGeneration',
  {
    description: 'The generation to cancel.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of a generation of any user.' }),
    }),
  },
  {
    authScopes: { may: 'manageGenerations' },
    description:
      'Cancels a queued or running generation of any user. The engine stops, and the owner keeps the text so far. Administrators only.',
    resolve: async (_root, { input }, context) => {
      await context.activity.cancelActive(viewerOf(context), decodeId('Generation', input.id));
      return { id: input.id };
    },
  },
  {
    description: 'The cancelled generation.',
    outputFields: (t) => ({
      cancelledGenerationId: t.id({
        description: 'The id of the cancelled generation.',
        resolve: ({ id }: { id: string | number }) => String(id),
      }),
    }),
  },
);
