import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';

builder.relayMutationField(
  'signOut',
  { description: 'Nothing to say.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Ends this session: its token, its cookie and its sockets. Who came by a token of another issuer signs out there.',
    resolve: async (_root, _args, context) => {
      const viewer = viewerOf(context);
      context.openSessionCookie()(null);
      await context.accounts.leave(viewer);
      return {};
    },
  },
  { description: 'Done.', outputFields: () => ({}) },
);
