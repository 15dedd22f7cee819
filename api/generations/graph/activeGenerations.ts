import { z } from 'zod';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, createCursorCodec, pageRequest } from '../../paging/connections.ts';
import type { ActivityKey } from '../generation.ts';
import { ActiveGenerationRef } from './activeGeneration.ts';

const ActiveGenerationEdge = builder.edgeObject({
  type: ActiveGenerationRef,
  name: 'ActiveGenerationEdge',
  description: 'An active generation in a list.',
});

const ActiveGenerationConnection = builder.connectionObject(
  {
    type: ActiveGenerationRef,
    name: 'ActiveGenerationConnection',
    description: 'A page of active generations, oldest first.',
  },
  ActiveGenerationEdge,
);

/** The latest time that a `Date` can represent, in ms: 100,000,000 days after the epoch. */
const maxTime = 8.64e15;

const keyShape = z.tuple([z.int().min(0).max(maxTime), z.string()]);

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
      description: 'The queued and running generations of all users, oldest first. Administrators only.',
      resolve: async (_root, args, context) => {
        const page = await context.activity.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (generation) => generation);
      },
    },
    ActiveGenerationConnection,
    ActiveGenerationEdge,
  ),
);
