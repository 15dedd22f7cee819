import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import { type Batch, type BatchStatus, isOpen, keptMs } from '../batch.ts';
import {
  BatchErrorRef,
  BatchItemConnection,
  BatchItemEdge,
  BatchItemRef,
  BatchItemStatusRef,
  itemCursors,
} from './batchItem.ts';

const BatchStatusRef = builder.enumType('BatchStatus', {
  description: 'The state of a batch.',
  values: {
    PREPARING: { description: 'Its inputs are being stored.' },
    RUNNING: { description: 'Its inputs run while no person waits, or it is paused: see `resumesAt`.' },
    COMPLETED: { description: 'Each input has a result or an error.' },
    CANCELLED: { description: 'It was cancelled. Results so far are kept.' },
    FAILED: { description: 'It was stopped: see `error`. Results so far are kept.' },
    EXPIRED: { description: 'It did not end in time. Results so far are kept.' },
  } satisfies Record<BatchStatus, { description: string }>,
});

export const BatchRef = builder.objectRef<Batch>('Batch');

builder.node(BatchRef, {
  description: 'A preset, or requests of OpenAI’s API, run over many inputs in the background.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.batches.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    preset: t.string({
      nullable: true,
      description: 'The name of the preset, as it was at the start; null: a batch of OpenAI’s API.',
      resolve: ({ work }) => (work.kind === 'PRESET' ? work.definition.name : null),
    }),
    presetVersion: t.int({
      nullable: true,
      description: 'The version of the preset that runs, also if it was changed or deleted since.',
      resolve: ({ work }) => (work.kind === 'PRESET' ? work.version : null),
    }),
    endpoint: t.string({
      nullable: true,
      description: 'The endpoint of OpenAI’s API; null: a batch of a preset.',
      resolve: ({ work }) => (work.kind === 'OPENAI' ? work.endpoint : null),
    }),
    model: t.exposeString('model', {
      nullable: true,
      description: "The requested model; null: the preset's or the requests'.",
    }),
    status: t.expose('status', { type: BatchStatusRef, description: 'The state.' }),
    total: t.exposeInt('total', { description: 'The number of inputs.' }),
    completed: t.exposeInt('completed', { description: 'The number of inputs with a result.' }),
    failed: t.exposeInt('failed', { description: 'The number of inputs that failed.' }),
    estimatedTokens: t.exposeFloat('estimatedTokens', {
      description: 'The tokens of prompts and answers together, as estimated before the start.',
    }),
    promptTokens: t.exposeFloat('promptTokens', { description: 'The tokens of prompts so far.' }),
    completionTokens: t.exposeFloat('completionTokens', { description: 'The tokens of answers so far.' }),
    error: t.field({
      type: BatchErrorRef,
      nullable: true,
      description: 'Why it failed, expired, or waits until `resumesAt`.',
      resolve: ({ error }) => error,
    }),
    resumesAt: t.expose('resumesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it is paused, such as for a used-up quota; null: it is not.',
    }),
    items: t.connection(
      {
        type: BatchItemRef,
        description: 'The inputs with their results, in order. A page is shorter if they are large.',
        args: { status: t.arg({ type: BatchItemStatusRef, description: 'Only these, such as `FAILED`.' }) },
        resolve: async ({ id }, args, context) => {
          const page = await context.batches.items(
            viewerOf(context),
            id,
            args.status ? [args.status] : null,
            pageRequest(args, itemCursors),
          );
          return connectionOf(page, itemCursors, (row) => row);
        },
      },
      BatchItemConnection,
      BatchItemEdge,
    ),
    viewerCanCancel: t.boolean({
      description: 'Whether the viewer may cancel it now.',
      resolve: (batch, _args, context) => context.batches.mayCancel(viewerOf(context), batch),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete it now.',
      resolve: (batch, _args, context) => context.batches.mayDelete(viewerOf(context), batch),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends, if it is not complete by then.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null: it has not.',
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it will be deleted with its results; null: it has not ended.',
      resolve: ({ status, endedAt }) =>
        isOpen(status) || endedAt === null ? null : new Date(endedAt.getTime() + keptMs),
    }),
  }),
});

export const BatchEdge = builder.edgeObject({
  type: BatchRef,
  name: 'BatchEdge',
  description: 'A batch in a list.',
});

const BatchConnection = builder.connectionObject(
  { type: BatchRef, name: 'BatchConnection', description: 'A page of batches, newest first.' },
  BatchEdge,
);

export const cursors = timeCursors('batch');

builder.queryField('batches', (t) =>
  t.connection(
    {
      type: BatchRef,
      description: "The viewer's batches, newest first: at most 100, until 30 days after their end.",
      resolve: async (_root, args, context) => {
        const page = await context.batches.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    BatchConnection,
    BatchEdge,
  ),
);
