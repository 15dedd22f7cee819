import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { type BatchEstimate, totalOf } from '../estimate.ts';
import { batchFields, requestOf } from './batchInput.ts';

const BatchEstimateRef = builder.objectRef<BatchEstimate>('BatchEstimate').implement({
  description: 'What a batch is expected to use.',
  fields: (t) => ({
    inputs: t.exposeInt('inputs', { description: 'The number of inputs.' }),
    promptTokens: t.exposeFloat('promptTokens', { description: 'The tokens of all prompts.' }),
    completionTokens: t.exposeFloat('completionTokens', {
      description: 'The tokens of one answer for each input, without repairs.',
    }),
    totalTokens: t.float({ description: 'Both together.', resolve: totalOf }),
    model: t.exposeString('model', { description: 'The model that would answer.' }),
    modelReason: t.exposeString('modelReason', {
      nullable: true,
      description: "Why it is not the requested one or the preset's.",
    }),
    availableTokens: t.exposeFloat('availableTokens', {
      nullable: true,
      description: 'What is left of the quota, without what other batches still need; null: no quota.',
    }),
    isWithinQuota: t.boolean({
      description: 'Whether `runBatch` would start it.',
      resolve: (estimate) =>
        estimate.availableTokens === null || totalOf(estimate) <= estimate.availableTokens,
    }),
  }),
});

builder.relayMutationField(
  'estimateBatch',
  { description: 'The preset and the inputs.', inputFields: (t) => batchFields(t) },
  {
    authScopes: { may: 'generate' },
    description:
      'Checks the inputs of a batch and estimates its tokens, without running it. Throws as `runBatch`, except for the quota.',
    resolve: async (_root, { input }, context) => ({
      estimate: await context.batches.estimate(viewerOf(context), await requestOf(input, context, null)),
    }),
  },
  {
    description: 'The estimate.',
    outputFields: (t) => ({
      estimate: t.field({
        type: BatchEstimateRef,
        description: 'The estimate.',
        resolve: ({ estimate }: { estimate: BatchEstimate }) => estimate,
      }),
    }),
  },
);
