import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { UserRef } from '../../../graph/user.ts';
import { RoleRef } from './role.ts';

builder.relayMutationField(
  'setUserRole',
  {
    description: 'Who is to have which role.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The user.' }),
      role: t.field({ type: RoleRef, required: true, description: 'What the user may do from now on.' }),
    }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Changes the role of a user, at once. A user who becomes a viewer asks for nothing any more: running answers are cancelled. `CONFLICT` where no active administrator would be left; `FORBIDDEN` where an API key would make an administrator.',
    resolve: (_root, { input: { id, role } }, context) =>
      context.accounts.users.setRole(viewerOf(context), decodeId('User', id), role),
  },
  {
    description: 'Who was changed.',
    outputFields: (t) => ({
      user: t.field({ type: UserRef, description: 'As it is now.', resolve: (user: User) => user }),
    }),
  },
);
