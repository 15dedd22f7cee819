import type { IncomingHttpHeaders } from 'node:http';
import { isApiKey } from '../../access/apiKey.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Accounts } from '../../accounts/service.ts';
import { unauthenticated } from '../../errors/failures.ts';
import type { SessionCookie } from './cookies.ts';
import type { Origins } from './origins.ts';

/**
 * Authenticates a request by its bearer token, else by its API key, else by its session cookie if its origin is trusted.
 * Throws `UNAUTHENTICATED` for an invalid token or key. An invalid cookie counts as none: the result is null.
 */
export type Authenticate = (headers: IncomingHttpHeaders, address: string | null) => Promise<Viewer | null>;

export const createAuthenticate =
  (
    accounts: Pick<Accounts, 'verifySessionToken' | 'verifyCredential'>,
    origins: Origins,
    sessionCookie: Pick<SessionCookie, 'read'>,
  ): Authenticate =>
  async (headers, address) => {
    const token = bearerToken(headers.authorization);
    if (token !== null) {
      const viewer = await accounts.verifyCredential(token, address);
      if (viewer) return viewer;
      throw isApiKey(token) ? invalidKey() : invalidToken();
    }
    const key = headers['x-api-key'];
    if (key !== undefined) {
      const viewer =
        typeof key === 'string' && isApiKey(key) ? await accounts.verifyCredential(key, address) : null;
      if (viewer) return viewer;
      throw invalidKey();
    }
    const cookie = sessionCookie.read(headers.cookie);
    return cookie !== null && origins.trusts(headers) ? accounts.verifySessionToken(cookie, address) : null;
  };

/** Returns the token of an `Authorization: Bearer` header (RFC 6750, 2.1). Other schemes are a proxy's: null. */
export const bearerToken = (header: string | undefined): string | null => {
  const match = /^Bearer(?:\s+(.*))?$/i.exec(header?.trim() ?? '');
  return match ? (match[1] ?? '') : null;
};

const invalidToken = () =>
  unauthenticated('The bearer token is not valid, or its session has ended. Sign in again.');

const invalidKey = () =>
  unauthenticated(
    'The API key is not valid: it is unknown, expired or revoked. Create another one in the settings.',
  );
