import { builder } from '../../graph/builder.ts';
import type { GenerationEvent } from '../watch/watch.ts';
import { GenerationRef } from './generationNode.ts';
import { GenerationStatus } from './generationStatus.ts';

export const GenerationEventRef = builder.objectRef<GenerationEvent>('GenerationEvent').implement({
  description:
    'An update of a generation. Truncate the text at `offset`, then append `delta`: the result is complete and free of duplicates.',
  fields: (t) => ({
    offset: t.exposeInt('offset', {
      description: 'The position of `delta` in the text, in UTF-16 code units.',
    }),
    delta: t.exposeString('delta', { description: 'The added text.' }),
    cursor: t.exposeInt('cursor', {
      description: 'The cursor to pass as `after` to resume after this event.',
    }),
    thinkingOffset: t.exposeInt('thinkingOffset', {
      description:
        'The position of `thinkingDelta` in the thinking text, in UTF-16 code units. The first event has the whole thinking text.',
    }),
    thinkingDelta: t.exposeString('thinkingDelta', {
      description: "The text added to the model's thinking.",
    }),
    status: t.field({
      type: GenerationStatus,
      description: 'The current status.',
      resolve: ({ status }) => status,
    }),
    attempt: t.exposeInt('attempt', { description: 'The attempt that the text belongs to.' }),
    queuePosition: t.exposeInt('queuePosition', {
      nullable: true,
      description: 'The position in the queue, 1 for the next; null unless it is queued.',
    }),
    generation: t.field({
      type: GenerationRef,
      description: "The generation. Don't select `text` here: it would repeat the whole text in each event.",
      resolve: ({ generation }) => generation,
    }),
  }),
});
