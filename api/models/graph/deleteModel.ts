import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { backendField } from './model.ts';

builder.relayMutationField(
  'deleteModel',
  {
    description: 'The model to delete.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the model.' }),
      backend: t.string(backendField),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description:
      'Deletes a model from the disk of all Ollama servers or of one. Generations that use it fail.',
    resolve: async (_root, { input: { id, backend } }, context) => {
      const name = decodeId('Model', id);
      await context.pulls.remove(viewerOf(context), { name, backend: backend ?? null });
      return { id };
    },
  },
  {
    description: 'The deleted model.',
    outputFields: (t) => ({
      deletedModelId: t.id({
        description: 'The id of the deleted model.',
        resolve: ({ id }: { id: string }) => id,
      }),
    }),
  },
);
