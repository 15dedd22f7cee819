import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeSession',
  {
    description: 'The session to end.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: "The id of one of the viewer's sessions." }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Ends a session: its token, its cookie and its sockets stop working immediately, on all replicas.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Session', input.id);
      await context.accounts.sessions.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The ended session.',
    outputFields: (t) => ({
      deletedSessionId: t.id({
        description: 'The id of the ended session.',
        resolve: ({ id }: { id: string }) => encodeId('Session', id),
      }),
    }),
  },
);
