import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';

builder.relayMutationField(
  'signOut',
  { description: 'No fields besides `clientMutationId`.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Ends the current session: its token, its cookie and its sockets stop working. A token of an external issuer stays valid until it expires. Works only in an HTTP request of its own: `BAD_USER_INPUT` on sockets and in reserved event streams.',
    resolve: async (_root, _args, context) => {
      const viewer = viewerOf(context);
      context.openSessionCookie()(null);
      await context.accounts.signOutViewer(viewer);
      return {};
    },
  },
  { description: 'An empty payload.', outputFields: () => ({}) },
);
