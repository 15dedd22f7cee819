import { builder } from '../../../graph/builder.ts';
import { accountBounds } from '../../account.ts';
import type { IssuedSession } from '../../authentication.ts';
import { signInFields } from '../sessions/signInPayload.ts';
import { secretField } from './link.ts';

builder.relayMutationField(
  'acceptInvite',
  {
    description: "The invite, and the new user's credentials.",
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
      username: t.string({
        required: true,
        description: 'The username; it must not be in use.',
        bounds: accountBounds.username,
      }),
      password: t.string({
        required: true,
        description: 'The password, at least 12 characters.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      'Creates a user from an invite link, and signs in as that user. No authentication required. HTTP only.',
    resolve: async (_root, { input: { secret, username, password } }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.oneTimeLinks.acceptInvite(secret, username, password, context);
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
