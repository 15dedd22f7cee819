import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';
import { RoleRef } from './role.ts';

builder.relayMutationField(
  'setUserRole',
  {
    description: 'The user and the new role.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the user.' }),
      role: t.field({ type: RoleRef, required: true, description: 'The new role.' }),
    }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      "Changes a user's role immediately. If the new role is `VIEWER`, the user's running generations are cancelled. `CONFLICT` for the last active administrator; `FORBIDDEN` for an API key that would grant `ADMIN`.",
    resolve: (_root, { input: { id, role } }, context) =>
      context.accounts.users.setRole(viewerOf(context), decodeId('User', id), role),
  },
  {
    description: 'The changed user.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'The user after the change.',
        resolve: (user: User) => user,
      }),
    }),
  },
);
