import { ZiggieError } from './errors.ts';

/**
 * Returns a token. It is called with `null` at first, and later with the token that the service rejected or that expired.
 * It must resolve within 30 seconds. Its errors are thrown by the call that needed the token.
 */
export type TokenProvider = (refused: string | null) => string | Promise<string>;

/** The limits of one call. */
export interface Limits {
  readonly signal?: AbortSignal;
}

/** How long the client retries while the server is unreachable, in ms. */
export interface Timeouts {
  /** A query or a mutation. Default 10,000. */
  readonly request?: number;
  /** A running answer, counted from its last event. Default 60,000. */
  readonly answer?: number;
}

export interface ClientOptions {
  /** The address of the service, such as `https://llm.example.org`; a path is put before `/graphql`. */
  readonly url: string | URL;
  /** An access token or an API key. Without it and without `tokenProvider`, a browser's session is used, if any. */
  readonly token?: string;
  /** Provides tokens instead, so that the client outlives each of them. */
  readonly tokenProvider?: TokenProvider;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** A class like the browser's `WebSocket`. Default: the global one. */
  readonly webSocket?: typeof WebSocket;
  readonly timeouts?: Timeouts;
}

/** Returns the HTTP and the WebSocket address of GraphQL. Throws `BAD_USER_INPUT` unless `url` is an HTTP address. */
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

/** In ms. */
export const defaultTimeouts = { request: 10_000, answer: 60_000 };
