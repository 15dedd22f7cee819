import type { User } from '../../access/user.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { accountBounds } from '../account.ts';
import type { IssuedSession } from '../authentication.ts';
import { UserRef } from './schema.ts';

builder.relayMutationField(
  'signIn',
  {
    description: 'Who signs in.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'The name, in any case.',
        bounds: accountBounds.username,
      }),
      password: t.string({ required: true, description: 'The password.', bounds: accountBounds.password }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      'Signs in: sets the session cookie of a browser, and gives programs a token. Slowed after failures.',
    resolve: async (_root, { input }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.signIn(input.username, input.password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'Who is signed in now.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user.',
        resolve: ({ user }: IssuedSession) => user,
      }),
      accessToken: t.string({
        description: 'For the header `Authorization: Bearer …`.',
        resolve: ({ token }: IssuedSession) => token,
      }),
      expiresIn: t.int({
        description: 'How long it is good for, in seconds.',
        resolve: ({ expiresInS }: IssuedSession) => expiresInS,
      }),
    }),
  },
);

builder.relayMutationField(
  'signOut',
  { description: 'Nothing to say.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Ends this session: its token, its cookie and its sockets. Who came by a token of another issuer signs out there.',
    resolve: async (_root, _args, context) => {
      const viewer = viewerOf(context);
      context.openSessionCookie()(null);
      await context.accounts.signOutViewer(viewer);
      return {};
    },
  },
  { description: 'Done.', outputFields: () => ({}) },
);

interface ChangedPassword {
  readonly user: User;
}

builder.relayMutationField(
  'changePassword',
  {
    description: 'The password there is, and the one to be.',
    inputFields: (t) => ({
      currentPassword: t.string({ required: true, description: 'As it is.', bounds: accountBounds.password }),
      newPassword: t.string({
        required: true,
        description: 'As it is to be: 12 characters or more.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: "Changes the viewer's password, and ends all other sessions.",
    resolve: async (_root, { input }, context): Promise<ChangedPassword> => {
      const viewer = viewerOf(context);
      await context.accounts.changePassword(viewer, input.currentPassword, input.newPassword, context);
      return { user: viewer.user };
    },
  },
  {
    description: 'Whose password was changed.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user.',
        resolve: ({ user }: ChangedPassword) => user,
      }),
    }),
  },
);
