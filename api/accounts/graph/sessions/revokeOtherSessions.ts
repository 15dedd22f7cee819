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
  { description: 'Nothing to say.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description: "Ends all of the viewer's sessions but this one.",
    resolve: async (_root, _args, context): Promise<RevokedOthers> => {
      const viewer = viewerOf(context);
      return { user: viewer.user, ended: await context.accounts.sessions.revokeOthers(viewer) };
    },
  },
  {
    description: 'What is left.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user, with this session alone.',
        resolve: ({ user }: RevokedOthers) => user,
      }),
      ended: t.int({
        description: 'How many sessions were ended.',
        resolve: ({ ended }: RevokedOthers) => ended,
      }),
    }),
  },
);
