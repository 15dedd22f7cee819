import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { limitHitKeyOf } from '../hits/limitHits.ts';
import { LimitHitRef } from './limitHit.ts';

const LimitHitEdge = builder.edgeObject({
  type: LimitHitRef,
  name: 'LimitHitEdge',
  description: 'Somebody and a limit, in a list.',
});

const LimitHitConnection = builder.connectionObject(
  { type: LimitHitRef, name: 'LimitHitConnection', description: 'A page of them, the newest first.' },
  LimitHitEdge,
);

const cursors = textCursors('limitHit');

builder.queryField('limitHits', (t) =>
  t.connection(
    {
      type: LimitHitRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description:
        'Who ran into which limit within a day, the newest first; 500 at most. For administrators.',
      resolve: async (_root, args, context) => {
        const page = await context.limitHits.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, limitHitKeyOf);
      },
    },
    LimitHitConnection,
    LimitHitEdge,
  ),
);
