import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { maxNameLength, type Pull } from '../pull.ts';
import { backendField } from './model.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.relayMutationField(
  'pullModel',
  {
    description: 'The model to download.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'The name of the model at ollama.com/library, such as `llama3.2` or `codellama:7b`.',
        bounds: { maxLength: maxNameLength },
      }),
      backend: t.string(backendField),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description:
      'Starts the download of a model, or its update if it is installed. Returns without waiting for the download. Administrators only.',
    resolve: async (_root, { input: { name, backend } }, context) => ({
      pull: await context.pulls.start(viewerOf(context), { name, backend: backend ?? null }),
    }),
  },
  {
    description: 'The started download. Follow it with the subscription `modelPull`.',
    outputFields: (t) => ({
      pull: t.field({
        type: ModelPullProgress,
        description: 'The download.',
        resolve: ({ pull }: { pull: Pull }) => pull,
      }),
    }),
  },
);
