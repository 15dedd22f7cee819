import type { IncomingHttpHeaders } from 'node:http';
import type { Accounts } from '../accounts/service.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { unauthenticated } from '../failures.ts';
import type { Origins } from './origins.ts';
import { readSessionCookie } from './sessionCookie.ts';

/**
 * Who sends a request: by its bearer token, else by its session cookie where its origin is trusted. A token that is
 * there but no good throws `UNAUTHENTICATED`; a cookie that is no good just means that nobody is signed in.
 */
export type Authenticate = (headers: IncomingHttpHeaders, address: string | null) => Promise<Viewer | null>;

export const createAuthenticate =
  (accounts: Accounts, origins: Origins): Authenticate =>
  async (headers, address) => {
    const token = bearerToken(headers.authorization);
    if (token !== null) {
      const viewer = await accounts.authenticate(token, address);
      if (!viewer)
        throw unauthenticated('The bearer token is not valid, or its session has ended. Sign in again.');
      return viewer;
    }
    const cookie = readSessionCookie(headers.cookie);
    return cookie !== null && origins.trusts(headers) ? accounts.authenticate(cookie, address) : null;
  };

/** The credentials of an `Authorization: Bearer` header (RFC 6750, 2.1). Another scheme is a proxy's affair. */
export const bearerToken = (header: string | undefined): string | null => {
  const match = /^Bearer(?:\s+(.*))?$/i.exec(header?.trim() ?? '');
  return match ? (match[1] ?? '') : null;
};
