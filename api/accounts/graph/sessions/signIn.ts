import { builder } from '../../../graph/builder.ts';
import { accountBounds } from '../../account.ts';
import type { IssuedSession } from '../../authentication.ts';
import { signInFields } from './signInPayload.ts';

builder.relayMutationField(
  'signIn',
  {
    description: 'The username and the password.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'The username, case-insensitive.',
        bounds: accountBounds.username,
      }),
      password: t.string({ required: true, description: 'The password.', bounds: accountBounds.password }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      'Signs in with a password: sets the session cookie and returns an access token. No authentication required. Repeated failures are throttled with `RATE_LIMITED`. HTTP only.',
    resolve: async (_root, { input }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.signIn(input.username, input.password, context);
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
