import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Generation } from '../generation.ts';
import { GenerationRef } from './generationNode.ts';

builder.relayMutationField(
  'continueGeneration',
  {
    description: 'The generation to continue.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the generation.' }) }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Continues a generation that was interrupted, was cancelled, failed, or ended at its token limit. It resumes from the text so far if the model supports that (`Model.canContinue`), and otherwise restarts.',
    resolve: async (_root, { input }, context) => ({
      generation: await context.generations.continue(viewerOf(context), decodeId('Generation', input.id)),
    }),
  },
  {
    description: 'The continued generation.',
    outputFields: (t) => ({
      generation: t.field({
        type: GenerationRef,
        description: 'The generation after the change.',
        resolve: ({ generation }: { generation: Generation }) => generation,
      }),
    }),
  },
);
