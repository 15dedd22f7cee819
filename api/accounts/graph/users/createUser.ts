import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';
import { RoleRef } from './role.ts';
import { cursors, keyOf, UserEdge } from './users.ts';

builder.relayMutationField(
  'createUser',
  {
    description: 'Who is to be a user.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'The name to sign in with, which nobody has yet.',
        bounds: accountBounds.username,
      }),
      password: t.string({
        required: true,
        description: '12 characters or more.',
        bounds: accountBounds.password,
      }),
      role: t.field({ type: RoleRef, required: true, description: 'What the user may do.' }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a user. An invite lets people choose name and password themselves. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) => context.accounts.users.create(viewerOf(context), input),
  },
  {
    description: 'Who was made.',
    outputFields: (t) => ({
      user: t.field({ type: UserRef, description: 'The user.', resolve: (user: User) => user }),
      userEdge: t.field({
        type: UserEdge,
        description: 'The user in the list.',
        resolve: (node: User) => ({ node, cursor: cursors.encode(keyOf(node)) }),
      }),
    }),
  },
);
