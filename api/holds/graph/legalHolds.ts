import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import { LegalHoldRef } from './legalHold.ts';

const LegalHoldEdge = builder.edgeObject({
  type: LegalHoldRef,
  name: 'LegalHoldEdge',
  description: 'A legal hold in a list.',
});

const LegalHoldConnection = builder.connectionObject(
  { type: LegalHoldRef, name: 'LegalHoldConnection', description: 'A page of legal holds, newest first.' },
  LegalHoldEdge,
);

const cursors = timeCursors('legalHold');

builder.queryField('legalHolds', (t) =>
  t.connection(
    {
      type: LegalHoldRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageLegalHolds' },
      description: 'All legal holds, newest first. Administrators only.',
      resolve: async (_root, args, context) => {
        const holds = await context.holds.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(holds, cursors, (row) => row);
      },
    },
    LegalHoldConnection,
    LegalHoldEdge,
  ),
);
