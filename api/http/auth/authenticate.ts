import type { IncomingHttpHeaders } from 'node:http';
import { decodeJwt } from 'jose';
import { isApiKey } from '../../access/apiKey.ts';
import type { Viewer } from '../../access/viewer.ts';
import { maxCredentialLength } from '../../accounts/credentialVerifier.ts';
import type { Accounts } from '../../accounts/service.ts';
import { unauthenticated } from '../../errors/failures.ts';
import type { SessionCookie } from './cookies.ts';
import type { Origins } from './origins.ts';

/**
 * Authenticates a request by its bearer token or an API key in HTTP Basic, else by its API key, else by its session cookie if its origin is trusted.
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
    const token = bearerToken(headers.authorization) ?? basicKey(headers.authorization);
    if (token !== null) {
      const viewer = await accounts.verifyCredential(token, address);
      if (viewer) return viewer;
      throw isApiKey(token) ? invalidKey() : invalidToken(token);
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

/** Returns the token of an `Authorization: Bearer` header (RFC 6750, 2.1), else null. */
export const bearerToken = (header: string | undefined): string | null => {
  const match = /^Bearer(?:\s+(.*))?$/i.exec(header?.trim() ?? '');
  return match ? (match[1] ?? '') : null;
};

/**
 * Returns the API key or token in an `Authorization: Basic` header (RFC 7617), as the password or the user name: clients
 * that know no header send those of the URL. Other names and passwords are a proxy's: null.
 */
const basicKey = (header: string | undefined): string | null => {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]{1,32768})$/i.exec(header?.trim() ?? '') ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const parts = colon < 0 ? [text] : [text.slice(colon + 1), text.slice(0, colon)];
  return parts.find((part) => isApiKey(part) || jsonWebToken.test(part)) ?? null;
};

/** The compact form of a signed JSON Web Token (RFC 7515, 7.1). */
const jsonWebToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

const invalidToken = (token: string) => {
  const missing = missingClaims(token).map((claim) => `"${claim}"`);
  if (missing.length === 0) {
    return unauthenticated('The bearer token is not valid, or its session has ended. Sign in again.');
  }
  const claims = missing.length === 1 ? `claim ${missing[0]}` : `claims ${missing.join(', ')}`;
  return unauthenticated(
    `The bearer token lacks the ${claims}. Sign in for a token of this service. Tokens of another issuer need iss, aud, sub and exp, and JWT_ISSUER set on this server.`,
  );
};

/** Returns the required claims that a JSON Web Token lacks; none for another text. */
const missingClaims = (token: string): readonly string[] => {
  if (token.length > maxCredentialLength || !jsonWebToken.test(token)) return [];
  try {
    const claims = decodeJwt(token);
    return ['iss', 'aud', 'sub', 'exp'].filter((claim) => claims[claim] === undefined);
  } catch {
    return [];
  }
};

const invalidKey = () =>
  unauthenticated(
    'The API key is not valid: it is unknown, expired or revoked. Create another one in the settings.',
  );
