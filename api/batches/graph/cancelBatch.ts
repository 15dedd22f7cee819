import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Batch } from '../batch.ts';
import { BatchRef } from './batch.ts';

builder.relayMutationField(
  'cancelBatch',
  {
    description: 'The batch to cancel.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the batch.' }) }),
  },
  {
    authScopes: { may: 'cancelGenerations' },
    description:
      'Cancels an unfinished batch, and its answers in progress, on all replicas. Results so far are kept. One that has ended stays as it is.',
    resolve: async (_root, { input }, context) => ({
      batch: await context.batches.cancel(viewerOf(context), decodeId('Batch', input.id)),
    }),
  },
  {
    description: 'The cancelled batch.',
    outputFields: (t) => ({
      batch: t.field({
        type: BatchRef,
        description: 'The batch.',
        resolve: ({ batch }: { batch: Batch }) => batch,
      }),
    }),
  },
);
