import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { untilReturn } from '../../realtime/untilReturn.ts';
import type { GenerationEvent } from '../watch/watch.ts';
import { GenerationRef } from './schema.ts';
import { GenerationStatus } from './status.schema.ts';

const GenerationEventRef = builder.objectRef<GenerationEvent>('GenerationEvent').implement({
  description:
    'A step of a generation. A client cuts its text at `offset` and appends `delta`: nothing twice, nothing missing.',
  fields: (t) => ({
    offset: t.exposeInt('offset', { description: 'Where `delta` starts, in UTF-16 code units.' }),
    delta: t.exposeString('delta', { description: 'The text that is new.' }),
    cursor: t.exposeInt('cursor', { description: 'What to pass as `after` to go on from here.' }),
    thinkingOffset: t.exposeInt('thinkingOffset', {
      description: 'Where `thinkingDelta` starts, in UTF-16 code units. The first event has all of it.',
    }),
    thinkingDelta: t.exposeString('thinkingDelta', { description: "What is new of the model's thinking." }),
    status: t.field({
      type: GenerationStatus,
      description: 'Where it is now.',
      resolve: ({ status }) => status,
    }),
    attempt: t.exposeInt('attempt', { description: 'Which attempt the text is of.' }),
    queuePosition: t.exposeInt('queuePosition', {
      nullable: true,
      description: 'Its place in the queue, 1 is next; null unless it waits.',
    }),
    generation: t.field({
      type: GenerationRef,
      description:
        'The generation itself. Ask for its `text` once at most: `delta` brings it piece by piece.',
      resolve: ({ generation }) => generation,
    }),
  }),
});

builder.subscriptionField('generation', (t) =>
  t.field({
    type: GenerationEventRef,
    skipTypeScopes: true,
    authScopes: { may: 'followGenerations' },
    description:
      'Follows a generation: first all the text from `after` on, in one event, then what comes next. Completes after the final status.',
    args: {
      id: t.arg.id({ required: true, description: 'The generation.' }),
      after: t.arg.int({
        defaultValue: 0,
        description: 'The `cursor` of what the client has; 0 for the beginning.',
        bounds: { min: 0, max: 2 ** 31 - 1 },
      }),
    },
    subscribe: (_root, { id, after }, context) =>
      untilReturn((signal) =>
        context.generations.watch(
          viewerOf(context),
          { id: decodeId('Generation', id), after: after ?? 0 },
          signal,
        ),
      ),
    resolve: (event) => event,
  }),
);
