import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';

builder.relayMutationField(
  'disableUser',
  {
    description: 'Who is to be kept out.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The user.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Keeps a user out: ends its sessions and cancels its running answers, at once. All that the user has stays. `CONFLICT` where no active administrator would be left.',
    resolve: (_root, { input }, context) =>
      context.accounts.users.disable(viewerOf(context), decodeId('User', input.id)),
  },
  {
    description: 'Who was changed.',
    outputFields: (t) => ({
      user: t.field({ type: UserRef, description: 'As it is now.', resolve: (user: User) => user }),
    }),
  },
);
