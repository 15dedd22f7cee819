import type { EngineModel } from '../../engine/engine.ts';
import { builder } from '../../graph/builder.ts';
import { describeModel } from '../descriptions.ts';
import { isChatModel } from '../service.ts';

export const ModelRef = builder.objectRef<EngineModel>('Model');

builder.node(ModelRef, {
  description: 'An installed language model.',
  id: { resolve: ({ name }) => name },
  loadMany: async (names: string[], { models }) => {
    const installed = await models.list();
    return names.map((name) => installed.find((model) => model.name === name) ?? null);
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name with its tag, such as `llama3.2:latest`.' }),
    description: t.string({
      nullable: true,
      description: 'What the model is good for, in one sentence; null if unknown.',
      resolve: ({ name }) => describeModel(name),
    }),
    digest: t.exposeString('digest', { description: 'The SHA-256 digest of the model, in hexadecimal.' }),
    size: t.exposeFloat('size', { description: 'The size on disk, in bytes.' }),
    family: t.exposeString('family', { nullable: true, description: 'The architecture, such as `llama`.' }),
    parameterSize: t.exposeString('parameterSize', {
      nullable: true,
      description: 'The number of parameters, such as `3.2B`.',
    }),
    quantization: t.exposeString('quantization', {
      nullable: true,
      description: 'The quantization of the weights, such as `Q4_K_M`.',
    }),
    contextLength: t.exposeInt('contextLength', {
      nullable: true,
      description: 'The maximum number of tokens of prompt and answer together.',
    }),
    capabilities: t.exposeStringList('capabilities', {
      description: 'The capabilities: `completion`, `vision`, `tools`, `thinking`, `embedding`, `insert`.',
    }),
    loaded: t.exposeBoolean('loaded', {
      description: 'Whether the model is loaded into memory.',
    }),
    canContinue: t.exposeBoolean('canContinue', {
      description: 'Whether `continueGeneration` resumes from the text so far; otherwise it restarts.',
    }),
    canAnswer: t.boolean({
      description: 'Whether the model answers prompts. One that only computes embeddings does not.',
      resolve: isChatModel,
    }),
    backends: t.stringList({
      authScopes: { may: 'manageModels' },
      description:
        'The addresses of the Ollama servers that have the model; empty if there is only one server. Administrators only.',
      resolve: ({ backends = [] }) => [...backends],
    }),
    isDefault: t.boolean({
      description: 'Whether this is the default model.',
      resolve: ({ name }, _args, { models }) => models.isDefault(name),
    }),
    modifiedAt: t.expose('modifiedAt', {
      type: 'DateTime',
      description: 'When the model was installed or updated.',
    }),
  }),
});

/** The options of the input field that limits a mutation to one Ollama server. */
export const backendField = {
  description: 'The address of one Ollama server, from `Model.backends`. Omitted: all servers.',
  // UTF-16 units: longer than any URL in practice.
  bounds: { maxLength: 2048 },
};
