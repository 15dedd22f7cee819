import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { backendField } from './model.ts';

builder.relayMutationField(
  'deleteModel',
  {
    description: 'Which model to delete.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The model.' }),
      backend: t.string(backendField),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description:
      'Deletes a model from the disk, everywhere or at one Ollama. Answers that use it end with a code.',
    resolve: async (_root, { input: { id, backend } }, context) => {
      const name = decodeId('Model', id);
      await context.pulls.remove(viewerOf(context), { name, backend: backend ?? null });
      return { id };
    },
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedModelId: t.id({ description: "The model's id.", resolve: ({ id }: { id: string }) => id }),
    }),
  },
);
