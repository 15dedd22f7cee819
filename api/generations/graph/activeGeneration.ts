import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import type { ActiveGeneration } from '../generation.ts';
import { GenerationStatus } from './generationStatus.ts';

export const ActiveGenerationRef = builder.objectRef<ActiveGeneration>('ActiveGeneration').implement({
  description:
    'A generation that waits or runs, as administrators see it, whoever’s it is: nothing of what is asked or answered.',
  fields: (t) => ({
    generationId: t.id({
      description: 'The id of the generation, by which it is cancelled. Only its owner can read it.',
      resolve: ({ id }) => encodeId('Generation', id),
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'For whom it is made; null where that user is gone.',
      resolve: ({ ownerId }, _args, { loaders }) => loaders.user.load(ownerId),
    }),
    model: t.exposeString('model', { description: 'The model that answers.' }),
    status: t.field({
      type: GenerationStatus,
      description: 'Whether it waits or runs.',
      resolve: ({ status }) => status,
    }),
    queuePosition: t.int({
      nullable: true,
      description: 'Its place in the queue, 1 is next; null unless it waits.',
      resolve: (generation, _args, { generations }) => generations.queuePosition(generation),
    }),
    isInConversation: t.boolean({
      description: 'Whether it is an answer in a conversation; else a program asked for it through REST.',
      resolve: ({ conversationId }) => conversationId !== null,
    }),
    attempt: t.exposeInt('attempt', { description: 'Which attempt it is: more than 1 where a worker died.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker took it; null while it waits.',
    }),
  }),
});
