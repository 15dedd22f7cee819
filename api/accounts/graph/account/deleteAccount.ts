import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { encodeId } from '../../../graph/globalIds.ts';
import { accountBounds } from '../../account.ts';

builder.relayMutationField(
  'deleteAccount',
  {
    description: 'The confirmation.',
    inputFields: (t) => ({
      password: t.string({
        description:
          "The viewer's password. Viewers who sign in with an identity provider leave it out: they must have signed in within the last 10 minutes.",
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      "Permanently deletes the viewer's account with all its conversations, messages and sessions. `GET /api/account/export` returns a copy of the data first. `CONFLICT` for the last active administrator.",
    resolve: async (_root, { input }, context) => {
      const viewer = viewerOf(context);
      const setSessionCookie = context.openSessionCookie();
      await context.accounts.users.deleteSelf(viewer, input.password ?? null, context);
      setSessionCookie(null);
      return { id: viewer.user.id };
    },
  },
  {
    description: 'The deleted account.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id of the deleted user.',
        resolve: ({ id }: { id: string }) => encodeId('User', id),
      }),
    }),
  },
);
