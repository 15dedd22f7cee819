import { builder } from '../../../graph/builder.ts';
import { accountBounds } from '../../account.ts';
import type { IssuedSession } from '../../authentication.ts';
import { signInFields } from '../sessions/signInPayload.ts';
import { secretField } from './link.ts';

builder.relayMutationField(
  'choosePassword',
  {
    description: 'The link, and the new password.',
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
      password: t.string({
        required: true,
        description: 'The new password, at least 12 characters.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      "Sets a new password through a password reset link, ends all the user's sessions, and signs in. No authentication required. HTTP only.",
    resolve: async (_root, { input: { secret, password } }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.oneTimeLinks.choosePassword(secret, password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'The new session.',
    outputFields: (t) => ({
      viewer: t.field(signInFields.viewer),
      accessToken: t.string(signInFields.accessToken),
      expiresIn: t.int(signInFields.expiresIn),
    }),
  },
);
