import type { IncomingHttpHeaders } from 'node:http';

/** Which web origins are ours, or let in. An origin is scheme, host and port (RFC 6454). */
export interface Origins {
  /** Whether this other origin may call, and read the answers (CORS). */
  isListed(origin: string): boolean;
  /**
   * Whether a request may act for who is signed in by cookie: it comes from our own pages or from a listed origin, or
   * not from a browser at all. Browsers send `Origin` with every POST and socket, and do not let pages set it.
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
