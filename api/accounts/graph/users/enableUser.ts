import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';

builder.relayMutationField(
  'enableUser',
  {
    description: 'Who is to get in again.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The user.' }) }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description: 'Lets a disabled user in again. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) =>
      context.accounts.users.enable(viewerOf(context), decodeId('User', input.id)),
  },
  {
    description: 'Who was changed.',
    outputFields: (t) => ({
      user: t.field({ type: UserRef, description: 'As it is now.', resolve: (user: User) => user }),
    }),
  },
);
