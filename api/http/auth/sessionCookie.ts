import { sessionLifetimeS } from '../../accounts/authentication.ts';
import { cookieOf } from './cookies.ts';

const name = 'ziggie_session';

/** The session's token from a `Cookie` header. */
export const readSessionCookie = (header: string | undefined): string | null => cookieOf(header, name);

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
