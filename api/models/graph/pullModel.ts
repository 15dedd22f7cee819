import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { maxNameLength, type Pull } from '../pull.ts';
import { backendField } from './model.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.relayMutationField(
  'pullModel',
  {
    description: 'Which model to fetch.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'As at ollama.com/library: `llama3.2`, `codellama:7b`.',
        bounds: { maxLength: maxNameLength },
      }),
      backend: t.string(backendField),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description: 'Begins to fetch a model, anew where it is installed already, and returns at once.',
    resolve: async (_root, { input: { name, backend } }, context) => ({
      pull: await context.pulls.start(viewerOf(context), { name, backend: backend ?? null }),
    }),
  },
  {
    description: 'What was begun. Follow it by the subscription `modelPull`.',
    outputFields: (t) => ({
      pull: t.field({
        type: ModelPullProgress,
        description: 'How far it is.',
        resolve: ({ pull }: { pull: Pull }) => pull,
      }),
    }),
  },
);
