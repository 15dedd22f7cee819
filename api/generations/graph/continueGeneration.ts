import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Generation } from '../generation.ts';
import { GenerationRef } from './generationNode.ts';

builder.relayMutationField(
  'continueGeneration',
  {
    description: 'Which generation to take up again.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The generation.' }) }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Takes up a generation that was interrupted, cancelled, failed or cut at its length: from the text so far where the engine can, else from the start.',
    resolve: async (_root, { input }, context) => ({
      generation: await context.generations.continue(viewerOf(context), decodeId('Generation', input.id)),
    }),
  },
  {
    description: 'What was taken up.',
    outputFields: (t) => ({
      generation: t.field({
        type: GenerationRef,
        description: 'As it is now.',
        resolve: ({ generation }: { generation: Generation }) => generation,
      }),
    }),
  },
);
