import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../account.ts';
import type { IssuedLink } from '../../oneTimeLinks.ts';

builder.relayMutationField(
  'resetUserPassword',
  {
    description: "The user whose password to reset, and the viewer's confirmation.",
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the user.' }),
      password: t.string({
        bounds: accountBounds.password,
        description:
          "The viewer's own password. Viewers who sign in with an identity provider leave it out: they must have signed in within the last 5 minutes.",
      }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a single-use link, valid for 24 hours, with which the user sets a new password. The link is returned only once, and replaces earlier ones. The current password works until the link is used. The user sees the reset in `lastPasswordReset`. `FORBIDDEN` for API keys, or if the viewer has no password and signed in more than 5 minutes ago. `NOT_FOUND` for an unknown user. `BAD_USER_INPUT` for a wrong or missing password, or for a user of the identity provider. `RATE_LIMITED` after repeated attempts.',
    resolve: (_root, { input }, context) =>
      context.accounts.oneTimeLinks.resetPassword(
        viewerOf(context),
        decodeId('User', input.id),
        input.password ?? null,
        context,
      ),
  },
  {
    description: 'The created link.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'The user whose password can be reset.',
        resolve: ({ user }: IssuedLink & { user: User }) => user,
      }),
      path: t.string({
        description:
          "The path of the reset link, relative to the web app's URL. It contains a secret that is not stored.",
        resolve: ({ secret }: IssuedLink & { user: User }) => `/reset/${secret}`,
      }),
    }),
  },
);
