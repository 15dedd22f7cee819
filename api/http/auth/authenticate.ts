import type { IncomingHttpHeaders } from 'node:http';
import { isApiKey } from '../../access/apiKey.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { Accounts } from '../../accounts/service.ts';
import { unauthenticated } from '../../errors/failures.ts';
import type { Origins } from './origins.ts';
import { readSessionCookie } from './sessionCookie.ts';

/**
 * Who sends a request: by its bearer token, else by its API key, else by its session cookie where its origin is trusted.
 * A token or a key that is there but no good throws `UNAUTHENTICATED`; a cookie that is no good just means that nobody is
 * signed in.
 */
export type Authenticate = (headers: IncomingHttpHeaders, address: string | null) => Promise<Viewer | null>;

export const createAuthenticate =
  (accounts: Pick<Accounts, 'verifySessionToken' | 'verifyCredential'>, origins: Origins): Authenticate =>
  async (headers, address) => {
    const token = bearerToken(headers.authorization);
    if (token !== null) {
      const viewer = await accounts.verifyCredential(token, address);
      if (viewer) return viewer;
      throw isApiKey(token) ? badKey() : badToken();
    }
    const key = headers['x-api-key'];
    if (key !== undefined) {
      const viewer =
        typeof key === 'string' && isApiKey(key) ? await accounts.verifyCredential(key, address) : null;
      if (viewer) return viewer;
      throw badKey();
    }
    const cookie = readSessionCookie(headers.cookie);
    return cookie !== null && origins.trusts(headers) ? accounts.verifySessionToken(cookie, address) : null;
  };

/** The credentials of an `Authorization: Bearer` header (RFC 6750, 2.1). Another scheme is a proxy's affair. */
export const bearerToken = (header: string | undefined): string | null => {
  const match = /^Bearer(?:\s+(.*))?$/i.exec(header?.trim() ?? '');
  return match ? (match[1] ?? '') : null;
};

const badToken = () =>
  unauthenticated('The bearer token is not valid, or its session has ended. Sign in again.');

const badKey = () =>
  unauthenticated(
    'The API key is not valid: it has expired, was revoked, or never was. Make another one in the settings.',
  );
