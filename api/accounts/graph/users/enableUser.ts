import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';

builder.relayMutationField(
  'enableUser',
  {
    description: 'The user to enable.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the user.' }) }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description: 'Enables a disabled user, who can then sign in again. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) =>
      context.accounts.users.enable(viewerOf(context), decodeId('User', input.id)),
  },
  {
    description: 'The enabled user.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'The user after the change.',
        resolve: (user: User) => user,
      }),
    }),
  },
);
