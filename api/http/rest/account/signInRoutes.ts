import { z } from 'zod';
import { accountBounds } from '../../../accounts/account.ts';
import type { Accounts } from '../../../accounts/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';

/** The maximum size of a body, in bytes. */
const bodyLimit = 16_384;

export const credentials = z.object({
  username: z.string().min(1).max(accountBounds.username.maxLength),
  password: z.string().min(1).max(accountBounds.password.maxLength),
});

export const accessToken = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int().describe('The lifetime of the token, in seconds.'),
});

/** Signing in and out for programs. The web app signs in by GraphQL, with a cookie. */
export const signInRoutes = (accounts: Accounts): readonly Route[] => [
  {
    method: 'POST',
    path: '/api/auth/login',
    async handle(exchange) {
      const body = await readJson(exchange.request, bodyLimit);
      const { username, password } = validate(credentials, body);
      const client = {
        address: exchange.address,
        userAgent: exchange.request.headers['user-agent'] ?? null,
        requestId: exchange.requestId,
      };
      const { token, expiresInS } = await accounts.signIn(username, password, client);
      const answer: z.infer<typeof accessToken> = {
        access_token: token,
        token_type: 'bearer',
        expires_in: expiresInS,
      };
      sendJson(exchange.response, 200, answer);
    },
  },
  {
    method: 'POST',
    path: '/api/auth/logout',
    async handle(exchange) {
      const { viewer, openSessionCookie } = await exchange.caller();
      openSessionCookie()(null);
      if (viewer) await accounts.signOutViewer(viewer);
      exchange.response.writeHead(204).end();
    },
  },
];
