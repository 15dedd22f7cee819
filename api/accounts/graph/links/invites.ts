import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../../paging/connections.ts';
import { InviteRef } from './invite.ts';

export const InviteEdge = builder.edgeObject({
  type: InviteRef,
  name: 'InviteEdge',
  description: 'An invite in a list.',
});

const InviteConnection = builder.connectionObject(
  { type: InviteRef, name: 'InviteConnection', description: 'A page of invites, newest first.' },
  InviteEdge,
);

export const cursors = timeCursors('invite');

builder.queryField('invites', (t) =>
  t.connection(
    {
      type: InviteRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description: 'The invites that are neither used nor expired, newest first. Administrators only.',
      resolve: async (_root, args, context) => {
        const page = pageRequest(args, cursors);
        const invites = await context.accounts.oneTimeLinks.invites(viewerOf(context), page);
        return connectionOf(invites, cursors, (row) => row);
      },
    },
    InviteConnection,
    InviteEdge,
  ),
);
