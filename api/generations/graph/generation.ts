import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { GenerationEventRef } from './generationEvent.ts';

builder.subscriptionField('generation', (t) =>
  t.field({
    type: GenerationEventRef,
    skipTypeScopes: true,
    authScopes: { may: 'followGenerations' },
    description:
      'Streams a generation. The first event has all text after `after`; later events have what was added. Completes after the final status.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of the generation.' }),
      after: t.arg.int({
        defaultValue: 0,
        description: 'The `cursor` of the text that the client already has; 0 for the beginning.',
        bounds: { min: 0, max: 2 ** 31 - 1 },
      }),
    },
    subscribe: (_root, { id, after }, context) =>
      abortOnReturn((signal) =>
        context.generations.watch(
          viewerOf(context),
          { id: decodeId('Generation', id), after: after ?? 0 },
          signal,
          context.sendEvent,
        ),
      ),
    resolve: (event) => event,
  }),
);
