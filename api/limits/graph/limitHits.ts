import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { limitHitCursor } from '../hits/log.ts';
import { LimitHitRef } from './limitHit.ts';

const LimitHitEdge = builder.edgeObject({
  type: LimitHitRef,
  name: 'LimitHitEdge',
  description: 'A limit hit in a list.',
});

const LimitHitConnection = builder.connectionObject(
  { type: LimitHitRef, name: 'LimitHitConnection', description: 'A page of limit hits, newest first.' },
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
        'The limits that callers exceeded in the last 24 hours, newest first; 500 at most. Administrators only.',
      resolve: async (_root, args, context) => {
        const page = await context.limitHits.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, limitHitCursor);
      },
    },
    LimitHitConnection,
    LimitHitEdge,
  ),
);
