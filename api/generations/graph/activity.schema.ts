import { z } from 'zod';
import { UserRef } from '../../accounts/graph/schema.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { connectionOf, createCursorCodec, pageRequest } from '../../paging/connections.ts';
import type { ActiveGeneration, ActivityKey } from '../generation.ts';
import { GenerationStatus } from './status.schema.ts';

const ActiveGenerationRef = builder.objectRef<ActiveGeneration>('ActiveGeneration').implement({
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

const ActiveGenerationEdge = builder.edgeObject({
  type: ActiveGenerationRef,
  name: 'ActiveGenerationEdge',
  description: 'A generation in a list.',
});
const ActiveGenerationConnection = builder.connectionObject(
  {
    type: ActiveGenerationRef,
    name: 'ActiveGenerationConnection',
    description: 'A page of what waits and runs, the oldest first.',
  },
  ActiveGenerationEdge,
);

/** The last moment that there is, in milliseconds: 100,000,000 days after the epoch. */
const lastMoment = 8.64e15;

const keyShape = z.tuple([z.int().min(0).max(lastMoment), z.string()]);

const cursors = createCursorCodec<ActivityKey>(
  'activity',
  ({ createdAt, id }) => [createdAt.getTime(), id],
  (json) => {
    const { data } = keyShape.safeParse(json);
    return data ? { createdAt: new Date(data[0]), id: data[1] } : null;
  },
);

builder.queryField('activeGenerations', (t) =>
  t.connection(
    {
      type: ActiveGenerationRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageGenerations' },
      description: 'What waits and runs for all users, the oldest first. For administrators.',
      resolve: async (_root, args, context) => {
        const page = await context.activity.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (generation) => generation);
      },
    },
    ActiveGenerationConnection,
    ActiveGenerationEdge,
  ),
);

builder.relayMutationField(
  'cancelActiveGeneration',
  {
    description: 'Which generation to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The generation, whoever’s it is.' }) }),
  },
  {
    authScopes: { may: 'manageGenerations' },
    description:
      'Ends a generation of any user, waiting or running: the engine stops, its owner keeps the text so far. For administrators.',
    resolve: async (_root, { input }, context) => {
      await context.activity.cancelActive(viewerOf(context), decodeId('Generation', input.id));
      return { id: input.id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      cancelledGenerationId: t.id({
        description: 'The id of the generation.',
        resolve: ({ id }: { id: string | number }) => String(id),
      }),
    }),
  },
);
