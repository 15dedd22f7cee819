import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';
import type { IssuedLink } from '../../links.ts';

builder.relayMutationField(
  'resetUserPassword',
  {
    description: 'Whose password is to be chosen anew.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The user.' }),
      password: t.string({
        bounds: accountBounds.password,
        description:
          "The viewer's own password, as a confirmation. Not for viewers who sign in with an identity provider: their sign-in must be of the last 5 minutes.",
      }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a link with which the user chooses a new password, within 24 hours. It is shown this once; earlier links stop working. The password stays until the link is used. The user is told. `FORBIDDEN` for API keys, `BAD_USER_INPUT` for a wrong password, `RATE_LIMITED` after many.',
    resolve: (_root, { input }, context) =>
      context.accounts.links.resetPassword(
        viewerOf(context),
        decodeId('User', input.id),
        input.password ?? null,
        context,
      ),
  },
  {
    description: 'The address.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'Whose password it is.',
        resolve: ({ user }: IssuedLink & { user: User }) => user,
      }),
      path: t.string({
        description: 'The address to send, to go after that of the web app. It is a secret, and not kept.',
        resolve: ({ secret }: IssuedLink & { user: User }) => `/reset/${secret}`,
      }),
    }),
  },
);
