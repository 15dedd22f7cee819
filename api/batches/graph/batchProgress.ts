import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { BatchRef } from './batch.ts';

builder.subscriptionField('batchProgress', (t) =>
  t.field({
    type: BatchRef,
    description:
      'Emits a batch now and when its progress changes, at most five times a second, until it has ended, whichever replicas run it.',
    args: { id: t.arg.id({ required: true, description: 'The id of the batch.' }) },
    subscribe: (_root, { id }, context) =>
      abortOnReturn((signal) => context.batches.watch(viewerOf(context), decodeId('Batch', id), signal)),
    resolve: (batch) => batch,
  }),
);
