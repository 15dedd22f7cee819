import { foldUsername, type User } from '../../access/user.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { accountBounds } from '../account.ts';
import { RoleRef, UserRef } from './schema.ts';

const cursors = textCursors('user');

const keyOf = ({ username }: User) => foldUsername(username);

const UserEdge = builder.edgeObject({ type: UserRef, name: 'UserEdge', description: 'A user in a list.' });
const UserConnection = builder.connectionObject(
  { type: UserRef, name: 'UserConnection', description: 'A page of users, by name.' },
  UserEdge,
);

builder.queryField('users', (t) =>
  t.connection(
    {
      type: UserRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description: 'All users, by name. For administrators.',
      args: {
        search: t.arg.string({
          description: 'Only those whose name has this somewhere.',
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

const userInput = 'The user.';

builder.relayMutationField(
  'setUserRole',
  {
    description: 'Who is to have which role.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: userInput }),
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

builder.relayMutationField(
  'disableUser',
  {
    description: 'Who is to be kept out.',
    inputFields: (t) => ({ id: t.id({ required: true, description: userInput }) }),
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

builder.relayMutationField(
  'enableUser',
  {
    description: 'Who is to get in again.',
    inputFields: (t) => ({ id: t.id({ required: true, description: userInput }) }),
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

builder.relayMutationField(
  'deleteUser',
  {
    description: 'Who is to be deleted.',
    inputFields: (t) => ({ id: t.id({ required: true, description: userInput }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Deletes a user with all that it has, for good: conversations, messages, sessions. Answers in the making are cancelled. `CONFLICT` where no active administrator would be left.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('User', input.id);
      await context.accounts.users.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'Who was deleted.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('User', id),
      }),
    }),
  },
);
