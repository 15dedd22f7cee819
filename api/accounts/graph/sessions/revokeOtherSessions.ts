import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';

interface RevokedOthers {
  readonly user: User;
  readonly ended: number;
}

builder.relayMutationField(
  'revokeOtherSessions',
  { description: 'No fields besides `clientMutationId`.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description: "Ends all of the viewer's sessions except the current one.",
    resolve: async (_root, _args, context): Promise<RevokedOthers> => {
      const viewer = viewerOf(context);
      return { user: viewer.user, ended: await context.accounts.sessions.revokeOthers(viewer) };
    },
  },
  {
    description: 'The result.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The viewer, with the current session only.',
        resolve: ({ user }: RevokedOthers) => user,
      }),
      ended: t.int({
        description: 'The number of sessions that were ended.',
        resolve: ({ ended }: RevokedOthers) => ended,
      }),
    }),
  },
);
