import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeSession',
  {
    description: 'Which session to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: "The session, one of the viewer's." }) }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: 'Ends a session: its token, its cookie and its sockets, on all replicas at once.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Session', input.id);
      await context.accounts.sessions.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      deletedSessionId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('Session', id),
      }),
    }),
  },
);
