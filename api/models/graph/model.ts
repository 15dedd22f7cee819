import type { EngineModel } from '../../engine/engine.ts';
import { builder } from '../../graph/builder.ts';
import { describeModel } from '../descriptions.ts';

export const ModelRef = builder.objectRef<EngineModel>('Model');

builder.node(ModelRef, {
  description: 'A language model that is installed.',
  id: { resolve: ({ name }) => name },
  loadMany: async (names: string[], { models }) => {
    const installed = await models.list();
    return names.map((name) => installed.find((model) => model.name === name) ?? null);
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name with its tag, such as `llama3.2:latest`.' }),
    description: t.string({
      nullable: true,
      description: 'What it is good for, in a sentence.',
      resolve: ({ name }) => describeModel(name),
    }),
    digest: t.exposeString('digest', { description: 'The SHA-256 of its content, in hexadecimal.' }),
    size: t.exposeFloat('size', { description: 'Bytes on disk.' }),
    family: t.exposeString('family', { nullable: true, description: 'Its architecture.' }),
    parameterSize: t.exposeString('parameterSize', {
      nullable: true,
      description: 'How many parameters it has, such as `3.2B`.',
    }),
    quantization: t.exposeString('quantization', {
      nullable: true,
      description: 'How its weights are stored, such as `Q4_K_M`.',
    }),
    contextLength: t.exposeInt('contextLength', {
      nullable: true,
      description: 'Tokens that prompt and answer may have together.',
    }),
    capabilities: t.exposeStringList('capabilities', {
      description: 'Of `completion`, `vision`, `tools`, `thinking`, `embedding`, `insert`.',
    }),
    loaded: t.exposeBoolean('loaded', {
      description: 'Whether it is in memory now, so that it answers without a load.',
    }),
    canContinue: t.exposeBoolean('canContinue', {
      description: 'Whether `continueGeneration` goes on from the text so far; else it starts again.',
    }),
    backends: t.stringList({
      authScopes: { may: 'manageModels' },
      description:
        'The addresses of the Ollamas that have it; none where there is only one. For administrators.',
      resolve: ({ backends = [] }) => [...backends],
    }),
    isDefault: t.boolean({
      description: 'Whether it answers when no model is named.',
      resolve: ({ name }, _args, { models }) => models.isDefault(name),
    }),
    modifiedAt: t.expose('modifiedAt', {
      type: 'DateTime',
      description: 'When it was installed or updated.',
    }),
  }),
});

/** The input field by which a mutation concerns one Ollama alone. */
export const backendField = {
  description: 'The address of one Ollama, as `Model.backends` gives it. None: all of them.',
  // HTTP servers commonly accept URLs up to about this length.
  bounds: { maxLength: 2048 },
};
