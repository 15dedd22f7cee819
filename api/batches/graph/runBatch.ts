import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { type Batch, batchLimits } from '../batch.ts';
import { BatchEdge, BatchRef, cursors } from './batch.ts';
import { batchFields, requestOf } from './batchInput.ts';

builder.relayMutationField(
  'runBatch',
  {
    description: 'The preset and the inputs.',
    inputFields: (t) => ({
      ...batchFields(t),
      idempotencyKey: t.string({
        description: 'A repeated request with the same key returns the same batch.',
        bounds: { maxLength: batchLimits.idempotencyKey },
      }),
    }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Runs a preset over up to 10,000 inputs in the background, while no person waits for an answer. `BAD_USER_INPUT` names the line of an invalid input, and then nothing runs. `QUOTA_EXCEEDED` if the estimate exceeds the quota, `CONFLICT` for more than 10 unfinished batches or 100 batches.',
    resolve: async (_root, { input }, context) => ({
      batch: await context.batches.runPreset(
        viewerOf(context),
        await requestOf(input, context, input.idempotencyKey ?? null),
      ),
    }),
  },
  {
    description: 'The started batch.',
    outputFields: (t) => ({
      batch: t.field({
        type: BatchRef,
        description: 'The batch.',
        resolve: ({ batch }: { batch: Batch }) => batch,
      }),
      batchEdge: t.field({
        type: BatchEdge,
        description: 'Its edge in `batches`.',
        resolve: ({ batch }: { batch: Batch }) => ({ node: batch, cursor: cursors.encode(batch) }),
      }),
    }),
  },
);
