import type { IncomingHttpHeaders } from 'node:http';

/** The trusted web origins: this server's own and the listed ones. An origin is scheme, host and port (RFC 6454). */
export interface Origins {
  /** Whether pages of this origin may call the server and read its responses (CORS). */
  isListed(origin: string): boolean;
  /**
   * Whether a request may use the session cookie: it comes from this server's own pages, a listed origin, or no browser.
   * Browsers send `Origin` with every POST and socket, and don't let pages set it.
   */
  trusts(headers: IncomingHttpHeaders): boolean;
}

export interface OriginsOptions {
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
}

export const createOrigins = ({ publicUrl, corsOrigins }: OriginsOptions): Origins => {
  const listed = new Set(corsOrigins);
  return {
    isListed: (origin) => listed.has(origin),
    trusts({ origin, host, 'sec-fetch-site': site }) {
      if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
      return origin === publicUrl || listed.has(origin) || URL.parse(origin)?.host === host?.toLowerCase();
    },
  };
};
