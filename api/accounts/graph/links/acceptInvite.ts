import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';
import type { SignIn } from '../../signIns.ts';
import { secretField } from './link.ts';

builder.relayMutationField(
  'acceptInvite',
  {
    description: 'Who accepts.',
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
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
    }),
  },
  {
    skipTypeScopes: true,
    description: 'Becomes a user by an invite, and signs in. Open to everyone who has one.',
    resolve: async (_root, { input: { secret, username, password } }, context): Promise<SignIn> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.links.acceptInvite(secret, username, password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'Who is signed in now.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user, who is signed in now.',
        resolve: ({ user }: SignIn) => user,
      }),
      accessToken: t.string({
        description: 'For the header `Authorization: Bearer …`.',
        resolve: ({ token }: SignIn) => token,
      }),
      expiresIn: t.int({
        description: 'How long it is good for, in seconds.',
        resolve: ({ expiresInS }: SignIn) => expiresInS,
      }),
    }),
  },
);
