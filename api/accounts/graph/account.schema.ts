import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { accountBounds } from '../account.ts';

builder.relayMutationField(
  'deleteAccount',
  {
    description: 'The confirmation.',
    inputFields: (t) => ({
      password: t.string({
        description:
          "The viewer's; not for who signs in elsewhere, whose sign-in must be of the last 10 minutes.",
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Deletes the viewer with all that is theirs, for good: conversations, messages, sessions. `GET /api/account/export` gives a copy first. `CONFLICT` for the last active administrator.',
    resolve: async (_root, { input }, context) => {
      const viewer = viewerOf(context);
      const setSessionCookie = context.openSessionCookie();
      await context.accounts.users.deleteSelf(viewer, input.password ?? null, context);
      setSessionCookie(null);
      return { id: viewer.user.id };
    },
  },
  {
    description: 'Who was deleted.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('User', id),
      }),
    }),
  },
);
