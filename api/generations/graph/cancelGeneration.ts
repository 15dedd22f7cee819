import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Generation } from '../generation.ts';
import { GenerationRef } from './generationNode.ts';

builder.relayMutationField(
  'cancelGeneration',
  {
    description: 'The generation to cancel.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the generation.' }) }),
  },
  {
    authScopes: { may: 'cancelGenerations' },
    description: 'Cancels a queued or running generation. The engine stops, and the text so far is kept.',
    resolve: async (_root, { input }, context) => ({
      generation: await context.generations.cancel(viewerOf(context), decodeId('Generation', input.id)),
    }),
  },
  {
    description: 'The cancelled generation.',
    outputFields: (t) => ({
      generation: t.field({
        type: GenerationRef,
        description: 'The generation after the change.',
        resolve: ({ generation }: { generation: Generation }) => generation,
      }),
    }),
  },
);
