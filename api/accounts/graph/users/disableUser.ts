import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';

builder.relayMutationField(
  'disableUser',
  {
    description: 'The user to disable.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the user.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Disables a user immediately: ends their sessions and cancels their running generations. Their data is kept. `CONFLICT` for the last active administrator.',
    resolve: (_root, { input }, context) =>
      context.accounts.users.disable(viewerOf(context), decodeId('User', input.id)),
  },
  {
    description: 'The disabled user.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'The user after the change.',
        resolve: (user: User) => user,
      }),
    }),
  },
);
