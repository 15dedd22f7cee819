import { sessionLifetimeS } from '../../accounts/authentication.ts';

const sessionCookieName = 'ziggie_session';

/** Returns a cookie's value from a `Cookie` header (RFC 6265, 4.2); null for an absent or empty one. */
export const readCookie = (header: string | undefined, name: string): string | null => {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value?.trim()) return value.trim();
  }
  return null;
};

/** Returns the session's token from a `Cookie` header. */
export const readSessionCookie = (header: string | undefined): string | null =>
  readCookie(header, sessionCookieName);

/**
 * Returns the `Set-Cookie` header that stores the session's token in the browser; for null, the one that removes it.
 * `SameSite=Strict` costs nothing: pages are public, and their requests come from the same site.
 */
export const writeSessionCookie = (token: string | null, secure: boolean): string =>
  [
    `${sessionCookieName}=${token ?? ''}`,
    'Path=/',
    `Max-Age=${token === null ? 0 : sessionLifetimeS}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ');
