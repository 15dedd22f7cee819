import { z } from 'zod';
import { accountBounds } from '../../../accounts/account.ts';
import type { Accounts } from '../../../accounts/service.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';

/** The maximum size of a body, in bytes. */
const bodyLimit = 16_384;

const credentials = z.object({
  username: z.string().min(1).max(accountBounds.username.maxLength),
  password: z.string().min(1).max(accountBounds.password.maxLength),
});

const accessToken = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int().describe('The lifetime of the token, in seconds.'),
});

/** Signing in and out for programs. The web app signs in by GraphQL, with a cookie. */
export const signInRoutes = (accounts: Accounts): readonly Route[] => [
  endpoint({
    method: 'POST',
    path: '/api/auth/login',
    id: 'login',
    tag: 'Signing in',
    summary: 'Sign in and get a token.',
    body: { schema: credentials, limit: bodyLimit },
    answer: json('The token.', accessToken),
    errors: [401, 429],
    credentials: 'none',
    async handle({ exchange: { request, response, address, requestId }, body: { username, password } }) {
      const userAgent = request.headers['user-agent'] ?? null;
      const client = { address, userAgent, requestId, isGone: () => response.closed };
      const { token, expiresInS } = await accounts.signIn(username, password, client);
      return { access_token: token, token_type: 'bearer' as const, expires_in: expiresInS };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/auth/logout',
    id: 'logout',
    tag: 'Signing in',
    summary: 'Sign out: end the session and its token.',
    answer: { description: 'The session has ended.', types: null },
    credentials: 'optional',
    async handle({ exchange, viewer }) {
      const { openSessionCookie } = await exchange.caller();
      openSessionCookie()(null);
      if (viewer) await accounts.signOutViewer(viewer);
    },
  }),
];
