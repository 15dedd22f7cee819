import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';
import type { SignIn } from '../../signIns.ts';
import { secretField } from './link.ts';

builder.relayMutationField(
  'choosePassword',
  {
    description: 'The password to be.',
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
      password: t.string({
        required: true,
        description: '12 characters or more.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      'Sets a new password by a link, ends all sessions that there were, and signs in. Open to everyone who has a link.',
    resolve: async (_root, { input: { secret, password } }, context): Promise<SignIn> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.links.choosePassword(secret, password, context);
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
