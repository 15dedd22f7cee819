import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Generation } from '../generation.ts';
import { GenerationRef } from './generationNode.ts';

builder.relayMutationField(
  'cancelGeneration',
  {
    description: 'Which generation to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The generation.' }) }),
  },
  {
    authScopes: { may: 'cancelGenerations' },
    description: 'Ends a generation, waiting or running: the engine stops, the text so far is kept.',
    resolve: async (_root, { input }, context) => ({
      generation: await context.generations.cancel(viewerOf(context), decodeId('Generation', input.id)),
    }),
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      generation: t.field({
        type: GenerationRef,
        description: 'As it is now.',
        resolve: ({ generation }: { generation: Generation }) => generation,
      }),
    }),
  },
);
