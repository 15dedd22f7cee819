import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { timeCursors } from '../../paging/connections.ts';
import type { BatchError, BatchItem, BatchItemStatus } from '../batch.ts';

export const BatchErrorRef = builder.objectRef<BatchError>('BatchError').implement({
  description: 'Why an input failed, or a batch stopped or waits.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'The error code, one of those in `extensions.code`.' }),
    message: t.exposeString('message', { description: 'What happened and what to do.' }),
  }),
});

export const BatchItemStatusRef = builder.enumType('BatchItemStatus', {
  description: 'The state of an input of a batch.',
  values: {
    PENDING: { description: 'It waits.' },
    RUNNING: { description: 'It runs, or waits in the queue behind all people.' },
    COMPLETED: { description: 'It has a result, or for a preset without a schema a text.' },
    FAILED: { description: 'It failed: see `error`.' },
    CANCELLED: { description: 'The batch ended before it.' },
  } satisfies Record<BatchItemStatus, { description: string }>,
});

export const BatchItemRef = builder.objectRef<BatchItem>('BatchItem');

builder.node(BatchItemRef, {
  description: 'An input of a batch, with its result.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.batches.findItems(viewerOf(context), ids))],
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The id that the input was given, or else its number.' }),
    number: t.exposeInt('number', { description: 'Its place among the inputs, from 1.' }),
    status: t.expose('status', { type: BatchItemStatusRef, description: 'The state.' }),
    input: t.field({
      type: 'JSON',
      description: 'The variables of the preset, or the body of a request of OpenAI’s API.',
      resolve: ({ input }) => input,
    }),
    result: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What matches the output schema, or the response of OpenAI’s API; null: there is none.',
      resolve: ({ result }) => result,
    }),
    text: t.exposeString('text', { description: 'The text of the model, also if it matches no schema.' }),
    error: t.field({
      type: BatchErrorRef,
      nullable: true,
      description: 'Why it failed; null if it did not.',
      resolve: ({ error }) => error,
    }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'The model that answered; null: none did.',
    }),
    promptTokens: t.exposeInt('promptTokens', { description: 'The tokens of its prompts.' }),
    completionTokens: t.exposeInt('completionTokens', { description: 'The tokens of its answers.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null: it has not.',
    }),
  }),
});

export const BatchItemEdge = builder.edgeObject({
  type: BatchItemRef,
  name: 'BatchItemEdge',
  description: 'An input in a list.',
});

export const BatchItemConnection = builder.connectionObject(
  { type: BatchItemRef, name: 'BatchItemConnection', description: 'A page of inputs, in their order.' },
  BatchItemEdge,
);

export const itemCursors = timeCursors('batch item');
