import { sessionLifetimeS } from '../accounts/signIns.ts';

const name = 'ziggie_session';

/** The session's token from a `Cookie` header. */
export const readSessionCookie = (header: string | undefined): string | null => {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value?.trim()) return value.trim();
  }
  return null;
};

/**
 * The `Set-Cookie` header that keeps `token` in the browser, or, for null, removes it. `Strict` costs nothing: the pages
 * are public, and what they fetch is of the same site.
 */
export const writeSessionCookie = (token: string | null, secure: boolean): string =>
  [
    `${name}=${token ?? ''}`,
    'Path=/',
    `Max-Age=${token === null ? 0 : sessionLifetimeS}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ');
