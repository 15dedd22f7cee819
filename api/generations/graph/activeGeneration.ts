import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import type { ActiveGeneration } from '../generation.ts';
import { GenerationStatus } from './generationStatus.ts';

export const ActiveGenerationRef = builder.objectRef<ActiveGeneration>('ActiveGeneration').implement({
  description:
    'A queued or running generation of any user, without its prompt and answer. Administrators only.',
  fields: (t) => ({
    generationId: t.id({
      description:
        'The id of the generation, for `cancelActiveGeneration`. Only the owner can read the generation itself.',
      resolve: ({ id }) => encodeId('Generation', id),
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The owner; null if the user was deleted.',
      resolve: ({ ownerId }, _args, { loaders }) => loaders.user.load(ownerId),
    }),
    model: t.exposeString('model', { description: 'The model that answers.' }),
    status: t.field({
      type: GenerationStatus,
      description: '`QUEUED` or `RUNNING`.',
      resolve: ({ status }) => status,
    }),
    queuePosition: t.int({
      nullable: true,
      description: 'The position in the queue, 1 for the next; null unless it is queued.',
      resolve: (generation, _args, { generations }) => generations.queuePosition(generation),
    }),
    isInConversation: t.boolean({
      description:
        'Whether the answer belongs to a conversation; false for stateless REST and OpenAI API requests.',
      resolve: ({ conversationId }) => conversationId !== null,
    }),
    attempt: t.exposeInt('attempt', {
      description: 'The attempt number: more than 1 after a worker failed.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the generation was requested.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker started it; null while it is queued.',
    }),
  }),
});
