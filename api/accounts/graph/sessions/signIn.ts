import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';
import type { SignIn } from '../../signIns.ts';

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
    resolve: async (_root, { input }, context): Promise<SignIn> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.signIn(input.username, input.password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'Who is signed in now.',
    outputFields: (t) => ({
      viewer: t.field({ type: UserRef, description: 'The user.', resolve: ({ user }: SignIn) => user }),
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
