import { createHmac } from 'node:crypto';
import { sessionLifetimeS } from '../../accounts/authentication.ts';

/** The name without an installation, which earlier versions used. */
const plainName = 'ziggie_session';

/** Returns a cookie's value from a `Cookie` header (RFC 6265, 4.2); null for an absent or empty one. */
export const readCookie = (header: string | undefined, name: string): string | null => {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value?.trim()) return value.trim();
  }
  return null;
};

/**
 * Returns the id of the installation, which all its replicas share. Browsers send the cookies of a host to all its ports,
 * so installations on one host need different names of cookies.
 */
export const installationOf = (signingKey: Uint8Array): string =>
  createHmac('sha256', signingKey).update('name of the session cookie').digest('hex').slice(0, 8);

export interface SessionCookieOptions {
  /** Absent: the cookie's name has no suffix. */
  readonly installation?: string;
  /** The path below which browsers reach the service, such as `/ai`; empty at the root. */
  readonly basePath: string;
  /** Whether browsers send the cookie over https only. */
  readonly secure: boolean;
}

/** The cookie that holds the session's token in the browser. */
export interface SessionCookie {
  /** Returns the token of a `Cookie` header. */
  read(header: string | undefined): string | null;
  /**
   * Returns the `Set-Cookie` header that stores the token; for null, the one that removes it. `secure` overrides the
   * option.
   */
  write(token: string | null, secure?: boolean): string;
}

/** `SameSite=Strict` costs nothing: pages are public, and their requests come from the same site. */
export const createSessionCookie = (options: SessionCookieOptions): SessionCookie => {
  const { installation, basePath } = options;
  const name = installation === undefined ? plainName : `${plainName}_${installation}`;
  return {
    read: (header) => readCookie(header, name) ?? readCookie(header, plainName),
    write: (token, secure = options.secure) =>
      [
        `${name}=${token ?? ''}`,
        `Path=${basePath || '/'}`,
        `Max-Age=${token === null ? 0 : sessionLifetimeS}`,
        'HttpOnly',
        'SameSite=Strict',
        ...(secure ? ['Secure'] : []),
      ].join('; '),
  };
};
