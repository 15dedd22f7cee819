import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Origin, Viewer } from '../../access/viewer.ts';
import type { Accounts } from '../../accounts/service.ts';
import { type Budgets, ownerNameOf } from '../../budgets/budgets.ts';
import { badInput } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';
import type { FairScheduler, Release } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { writeSessionCookie } from '../auth/sessionCookie.ts';
import type { AddressOf } from './clientAddress.ts';

/** One HTTP request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Of the address, without its query. */
  readonly path: string;
  /** Where it comes from: an IP address; null where the peer has gone already. */
  readonly address: string | null;
  /** Its lines have the request id. */
  readonly log: Logger;
  /** Who asks, found out once. Throws `UNAUTHENTICATED` for a bearer token that is no good. */
  caller(): Promise<Caller>;
  /**
   * For a response that takes its time: from now on it is broken off when what its caller came by is over, such as a
   * session or an API key.
   */
  endWithAccess(): Promise<void>;
  /**
   * Counts a large body for its caller, before it is read, until the response ends. A body without a declared length counts
   * as `maxBytes`. Throws `RATE_LIMITED`.
   */
  holdBody(maxBytes: number): Promise<void>;
  /** Waits until the caller may have an operation prepared: read, parsed and validated. */
  awaitTurn(): Promise<void>;
  /** The operation is prepared. Idempotent; the end of the response ends the turn as well. */
  endTurn(): void;
  /** Counts a response that takes its time as an open stream of its caller. Throws `RATE_LIMITED`. */
  openStream(): Promise<void>;
  /** The `Set-Cookie` header that keeps the session's token in this browser, or, for null, removes it. */
  sessionCookie(token: string | null): string;
}

export interface ExchangeDeps {
  readonly accounts: Pick<Accounts, 'onAccessRevoked'>;
  readonly authenticate: Authenticate;
  readonly budgets: Pick<Budgets, 'acquire' | 'holdBytes'>;
  readonly turns: FairScheduler;
  /** Whether browsers reach us by https, so that the cookie must travel by it alone. */
  readonly secureCookie: boolean;
  readonly addressOf: AddressOf;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Bytes of a body that is not worth counting: request rates bound those. */
const smallBody = 16_384;

export const openExchange = (
  request: IncomingMessage,
  response: ServerResponse,
  { accounts, authenticate, budgets, turns, secureCookie, addressOf, ids, log }: ExchangeDeps,
): Exchange => {
  const requestId = requestIdOf(request) ?? ids.next();
  const address = addressOf(request);
  const sessionCookie = (token: string | null) => writeSessionCookie(token, secureCookie);

  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';

  const findViewer = async (): Promise<Viewer | null> => {
    const viewer = await authenticate(request.headers, address);
    return viewer && { ...viewer, origin: { address, requestId, surface: surfaceOf(path) } };
  };

  const findCaller = async (): Promise<Caller> => ({
    viewer: await findViewer(),
    requestId,
    address,
    userAgent: request.headers['user-agent'] ?? null,
    renewConnection: async () => {
      throw badInput(
        'transport',
        'Only a socket is renewed. Over HTTP, send the fresh token with the next request.',
      );
    },
    openSessionCookie: () => (token) => response.setHeader('Set-Cookie', sessionCookie(token)),
  });
  let endTurn: Release | null = null;
  let caller: Promise<Caller> | null = null;
  const findCallerOnce = () => {
    caller ??= findCaller();
    return caller;
  };

  return {
    request,
    response,
    requestId,
    path,
    address,
    sessionCookie,
    log: log.child({ requestId }),
    caller: findCallerOnce,
    async endWithAccess() {
      const { viewer } = await findCallerOnce();
      if (!viewer) return;
      const stop = await accounts.onAccessRevoked(viewer, () => response.destroy());
      if (response.closed) stop();
      else response.once('close', stop);
    },
    async holdBody(maxBytes) {
      const { 'content-length': declared, 'transfer-encoding': chunked } = request.headers;
      const bytes = Math.min(maxBytes, chunked === undefined ? Number(declared ?? 0) : maxBytes);
      if (!(bytes > smallBody)) return;
      // Credentials that are invalid are told so further on.
      const { viewer } = await findCallerOnce().catch(() => ({ viewer: null }));
      const release = budgets.holdBytes({ viewer, address }, bytes);
      if (response.closed) release();
      else response.once('close', release);
    },
    async awaitTurn() {
      // Credentials that are invalid are told so further on.
      const { viewer } = await findCallerOnce().catch(() => ({ viewer: null }));
      endTurn = await turns.acquire(ownerNameOf({ viewer, address }));
      if (response.closed) endTurn();
      else response.once('close', endTurn);
    },
    endTurn: () => endTurn?.(),
    async openStream() {
      const release = await budgets.acquire(await findCallerOnce(), 'STREAMS');
      if (response.closed) release();
      else response.once('close', release);
    },
  };
};

const surfaceOf = (path: string): Origin['surface'] => {
  if (path.startsWith('/v1/')) return 'openai';
  return path.startsWith('/api/') ? 'rest' : 'graphql';
};

/** The id that a client or a proxy gave, if it is fit to be logged and sent back. */
export const requestIdOf = ({ headers }: IncomingMessage): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : null;
};
