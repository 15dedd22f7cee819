import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../account.ts';
import { RoleRef } from './role.ts';
import { cursors, keyOf, UserEdge } from './users.ts';

builder.relayMutationField(
  'createUser',
  {
    description: 'The new user.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'The username; it must not be in use.',
        bounds: accountBounds.username,
      }),
      password: t.string({
        required: true,
        description: 'The password: at least 12 characters, and not easy to guess.',
        bounds: accountBounds.password,
      }),
      role: t.field({ type: RoleRef, required: true, description: "The user's role." }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a user. To let people choose their own username and password, use `inviteUser`. `FORBIDDEN` for API keys, `BAD_USER_INPUT` if the username is in use or the password is too weak.',
    resolve: (_root, { input }, context) => context.accounts.users.create(viewerOf(context), input),
  },
  {
    description: 'The created user.',
    outputFields: (t) => ({
      user: t.field({ type: UserRef, description: 'The user.', resolve: (user: User) => user }),
      userEdge: t.field({
        type: UserEdge,
        description: 'The edge of the user in `users`.',
        resolve: (node: User) => ({ node, cursor: cursors.encode(keyOf(node)) }),
      }),
    }),
  },
);
