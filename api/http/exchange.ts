import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Caller } from '../context.ts';
import type { Ids } from '../ids.ts';
import type { Authenticate } from './authenticate.ts';
import { writeSessionCookie } from './sessionCookie.ts';

/** One HTTP request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Of the address, without its query. */
  readonly path: string;
  /** Its lines have the request id. */
  readonly log: Logger;
  /** Who asks, found out once. Throws `UNAUTHENTICATED` for a bearer token that is no good. */
  caller(): Promise<Caller>;
}

export interface ExchangeDeps {
  readonly authenticate: Authenticate;
  /** Whether browsers reach us by https, so that the cookie must travel by it alone. */
  readonly secureCookie: boolean;
  readonly ids: Ids;
  readonly log: Logger;
}

export const openExchange = (
  request: IncomingMessage,
  response: ServerResponse,
  { authenticate, secureCookie, ids, log }: ExchangeDeps,
): Exchange => {
  const requestId = requestIdOf(request) ?? ids.next();

  const findCaller = async (): Promise<Caller> => ({
    viewer: await authenticate(request.headers),
    requestId,
    address: addressOf(request),
    userAgent: request.headers['user-agent'] ?? null,
    setSessionCookie: (token) => response.setHeader('Set-Cookie', writeSessionCookie(token, secureCookie)),
  });
  let caller: Promise<Caller> | null = null;

  return {
    request,
    response,
    requestId,
    path: (request.url ?? '/').split('?', 1)[0] ?? '/',
    log: log.child({ requestId }),
    caller() {
      caller ??= findCaller();
      return caller;
    },
  };
};

/** The id that a client or a proxy gave, if it is fit to be logged and sent back. */
export const requestIdOf = ({ headers }: IncomingMessage): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : null;
};

/** The peer's address; an IPv4 one in its own form where a dual-stack socket wraps it. */
export const addressOf = ({ socket }: IncomingMessage): string | null =>
  socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? null;
