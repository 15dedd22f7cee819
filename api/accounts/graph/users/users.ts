import { foldUsername, type User } from '../../../access/user.ts';
import { maxLengths } from '../../../graph/bounds/bounds.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { connectionOf, pageRequest, textCursors } from '../../../paging/connections.ts';

export const cursors = textCursors('user');

export const keyOf = ({ username }: User) => foldUsername(username);

export const UserEdge = builder.edgeObject({
  type: UserRef,
  name: 'UserEdge',
  description: 'A user in a list.',
});

const UserConnection = builder.connectionObject(
  { type: UserRef, name: 'UserConnection', description: 'A page of users, sorted by username.' },
  UserEdge,
);

builder.queryField('users', (t) =>
  t.connection(
    {
      type: UserRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description: 'All users, sorted by username. Administrators only.',
      args: {
        search: t.arg.string({
          description: 'Returns only users whose username contains this text.',
          bounds: { maxLength: maxLengths.search },
        }),
      },
      resolve: async (_root, args, context) => {
        const page = pageRequest(args, cursors);
        const search = args.search?.trim() || null;
        const users = await context.accounts.users.page(viewerOf(context), page, search);
        return connectionOf(users, cursors, keyOf);
      },
    },
    UserConnection,
    UserEdge,
  ),
);
