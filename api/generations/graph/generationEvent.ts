import { builder } from '../../graph/builder.ts';
import type { GenerationEvent } from '../journal/watch.ts';
import { GenerationRef } from './generationNode.ts';
import { GenerationStatus } from './generationStatus.ts';

export const GenerationEventRef = builder.objectRef<GenerationEvent>('GenerationEvent').implement({
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
