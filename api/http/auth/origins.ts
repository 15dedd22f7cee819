import type { IncomingHttpHeaders } from 'node:http';

/** The trusted web origins: this server's own and the listed ones. An origin is scheme, host and port (RFC 6454). */
export interface Origins {
  /** Whether the page that sends a request may read the response (CORS): a listed one, or one of another own port. */
  mayRead(headers: IncomingHttpHeaders): boolean;
  /**
   * Whether a request may use the session cookie: it comes from this server's own pages, a listed origin, or no browser.
   * Browsers send `Origin` with every POST and socket, and don't let pages set it.
   */
  trusts(headers: IncomingHttpHeaders): boolean;
}

export interface OriginsOptions {
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  /** The ports that this server listens on. */
  readonly ports: readonly number[];
}

export const createOrigins = ({ publicUrl, corsOrigins, ports }: OriginsOptions): Origins => {
  const listed = new Set(corsOrigins);

  /** Whether a page comes from this server by the same host name, but perhaps by another of its ports. */
  const isOwn = (origin: string, host: string | undefined): boolean => {
    const page = URL.parse(origin);
    const here = URL.parse(`http://${host}`);
    if (page?.protocol !== 'http:' || !here) return false;
    const isSameHost =
      page.hostname === here.hostname ||
      (loopbackNames.has(page.hostname) && loopbackNames.has(here.hostname));
    return isSameHost && ports.includes(portOf(page)) && ports.includes(portOf(here));
  };

  return {
    mayRead: ({ origin, host }) => origin !== undefined && (listed.has(origin) || isOwn(origin, host)),
    trusts({ origin, host, 'sec-fetch-site': site }) {
      if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
      if (origin === publicUrl || listed.has(origin) || isOwn(origin, host)) return true;
      return hostOf(origin, '') === hostOf(`${URL.parse(origin)?.protocol}//${host}`, '-');
    },
  };
};

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

/** Returns the host of a URL, with its port unless that is the scheme's default; `otherwise` if it isn't one. */
const hostOf = (url: string, otherwise: string): string => URL.parse(url)?.host || otherwise;
