import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteBatch',
  {
    description: 'The batch to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the batch.' }) }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Deletes a batch with its inputs and results. `CONFLICT` for an unfinished one, and under a legal hold.',
    resolve: (_root, { input }, context) =>
      context.batches.delete(viewerOf(context), decodeId('Batch', input.id)),
  },
  {
    description: 'The deleted batch.',
    outputFields: (t) => ({
      deletedBatchId: t.id({
        description: 'The id of the deleted batch.',
        resolve: ({ id }: { id: string }) => encodeId('Batch', id),
      }),
    }),
  },
);
