import { ZiggieError } from './errors.ts';

/**
 * Gives a token: at first with `null`, and again with the token that the service refused, or that ended. It has 30
 * seconds. What it throws is thrown to whoever asked for something.
 */
export type TokenProvider = (refused: string | null) => string | Promise<string>;

/** How long the client goes on trying while the server can't be reached, in milliseconds. */
export interface Patience {
  /** A query or a mutation. Default 10,000. */
  readonly request?: number;
  /** An answer that has begun, counted from its last sign of life. Default 60,000. */
  readonly answer?: number;
}

export interface ClientOptions {
  /** Where the service is, such as `https://llm.example.org`; a path is what comes before `/graphql`. */
  readonly url: string | URL;
  /** An access token, or an API key. With neither this nor `tokenProvider`: a browser's own session, or nobody. */
  readonly token?: string;
  /** Where tokens come from instead, so that the client outlives each of them. */
  readonly tokenProvider?: TokenProvider;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** A class like the browser's. Default: the global one. */
  readonly webSocket?: typeof WebSocket;
  readonly patience?: Patience;
}

/** The two addresses of the graph. Throws `BAD_USER_INPUT` where it isn't an address of HTTP. */
export const addressesOf = (url: string | URL): { readonly http: string; readonly socket: string } => {
  const http = URL.parse(url);
  if (!http || !/^https?:$/.test(http.protocol)) {
    throw new ZiggieError(
      'BAD_USER_INPUT',
      `"${url}" is no address. Give one such as http://127.0.0.1:8000.`,
    );
  }
  http.search = '';
  http.hash = '';
  http.pathname = `${http.pathname.replace(/\/+$/, '').replace(/\/graphql$/, '')}/graphql`;
  const socket = new URL(http);
  socket.protocol = http.protocol.replace('http', 'ws');
  return { http: http.href, socket: socket.href };
};

/** Milliseconds. */
export const defaultPatience = { request: 10_000, answer: 60_000 };
