import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Origin, Viewer } from '../../access/viewer.ts';
import type { Accounts } from '../../accounts/service.ts';
import { type BudgetCaller, type Budgets, callerAndGroupOf } from '../../budgets/budgets.ts';
import { badInput, Failure } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';
import type { FairScheduler, Release } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { SessionCookie } from '../auth/cookies.ts';
import type { AddressOf } from './clientAddress.ts';

/** One HTTP request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The path of the URL, without the query. */
  readonly path: string;
  /** The client's IP address; null if the connection is closed already. */
  readonly address: string | null;
  /** The user, once the caller is authenticated; else null. */
  readonly userId: string | null;
  /** Adds the request id to each line. */
  readonly log: Logger;
  /** Authenticates the caller, once per request. Throws `UNAUTHENTICATED` for an invalid token or API key. */
  caller(): Promise<Caller>;
  /** Destroys the response when its session, API key or token ends. For responses that may outlive it. */
  destroyOnAccessEnd(): Promise<void>;
  /**
   * Counts a large body for its caller, before it is read, until the response ends. A body of undeclared length counts as
   * `maxBytes`. Throws `RATE_LIMITED`.
   */
  holdBody(maxBytes: number): Promise<void>;
  /**
   * Counts a large answer in memory for its caller, until it is sent or the client has disconnected. Throws `RATE_LIMITED` if the
   * caller has left too much unread, and `TOO_COMPLEX` for an answer that is larger than that limit by itself.
   */
  holdAnswer(bytes: number): void;
  /** Waits for the caller's slot in the scheduler, in which its operation is read, parsed and validated. */
  acquireSlot(): Promise<void>;
  /** Releases the slot once the operation is validated. Idempotent; the end of the response releases it as well. */
  releaseSlot(): void;
  /** Counts the response as an open stream of its caller until it ends. Throws `RATE_LIMITED`. */
  openStream(): Promise<void>;
  /**
   * Counts the request as an operation of its caller until the response ends. Waits for a free slot. Throws `RATE_LIMITED`
   * after a timeout or if too many wait.
   */
  holdOperation(): Promise<void>;
  /** Returns the `Set-Cookie` header that stores the session's token in the browser; for null, the one that removes it. */
  sessionCookie(token: string | null): string;
}

export interface ExchangeDeps {
  readonly accounts: Pick<Accounts, 'onAccessRevoked'>;
  readonly authenticate: Authenticate;
  readonly budgets: Pick<Budgets, 'acquire' | 'holdAnswer' | 'holdBytes' | 'startOperation'>;
  readonly scheduler: FairScheduler;
  readonly sessionCookie: SessionCookie;
  /** The URL at which browsers reach the service; null: not configured. */
  readonly publicUrl: string | null;
  readonly addressOf: AddressOf;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Bodies up to this size in bytes aren't counted: request rates bound them. */
const maxUncountedBody = 16_384;
/** The same of answers: buffers of the operating system take them, even if the client reads nothing. */
const maxUncountedAnswer = 65_536;

export const openExchange = (
  request: IncomingMessage,
  response: ServerResponse,
  { accounts, authenticate, budgets, scheduler, publicUrl, addressOf, ids, log, ...deps }: ExchangeDeps,
): Exchange => {
  const requestId = requestIdOf(request) ?? ids.next();
  const address = addressOf(request);
  const sessionCookie = (token: string | null) => deps.sessionCookie.write(token);

  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';

  /** As far as known: callers are authenticated when first needed. */
  let identified: BudgetCaller = { viewer: null, address };

  const findViewer = async (): Promise<Viewer | null> => {
    const viewer = await authenticate(request.headers, address);
    identified = { viewer, address };
    return viewer && { ...viewer, origin: { address, requestId, surface: surfaceOf(path) } };
  };

  const findCaller = async (): Promise<Caller> => ({
    viewer: await findViewer(),
    requestId,
    address,
    userAgent: request.headers['user-agent'] ?? null,
    isGone: () => response.closed,
    renewConnection: async () => {
      throw badInput(
        'transport',
        'Only sockets can be renewed. Over HTTP, send the new token with the next request.',
      );
    },
    openSessionCookie: () => {
      const page = insecurePage(request, publicUrl);
      if (page !== null && !isLoopback(page)) throw openedByHttp(page, publicUrl);
      const secure = page === null ? undefined : false;
      return (token) => response.setHeader('Set-Cookie', deps.sessionCookie.write(token, secure));
    },
  });
  let releaseSlot: Release | null = null;
  let caller: Promise<Caller> | null = null;
  const findCallerOnce = () => {
    caller ??= findCaller();
    return caller;
  };

  /** Calls it when the response has ended or the client has disconnected; at once if that was before. */
  const whenOver = (release: () => void): void => {
    if (response.closed) release();
    else response.once('close', release);
  };

  return {
    request,
    response,
    requestId,
    path,
    address,
    sessionCookie,
    get userId() {
      return identified.viewer?.user.id ?? null;
    },
    log: log.child({ requestId }),
    caller: findCallerOnce,
    async destroyOnAccessEnd() {
      const { viewer } = await findCallerOnce();
      if (!viewer) return;
      const stop = await accounts.onAccessRevoked(viewer, () => response.destroy());
      whenOver(stop);
    },
    async holdBody(maxBytes) {
      const { 'content-length': declared, 'transfer-encoding': chunked } = request.headers;
      const bytes = Math.min(maxBytes, chunked === undefined ? Number(declared ?? 0) : maxBytes);
      if (!(bytes > maxUncountedBody)) return;
      // Invalid credentials are rejected later, in the shape of the request surface.
      const { viewer } = await findCallerOnce().catch(() => ({ viewer: null }));
      const release = budgets.holdBytes({ viewer, address }, bytes);
      whenOver(release);
    },
    holdAnswer(bytes) {
      if (bytes <= maxUncountedAnswer) return;
      const release = budgets.holdAnswer(identified, bytes);
      whenOver(release);
    },
    async acquireSlot() {
      // As above.
      const { viewer } = await findCallerOnce().catch(() => ({ viewer: null }));
      releaseSlot = await scheduler.acquire(...callerAndGroupOf({ viewer, address }));
      whenOver(releaseSlot);
    },
    releaseSlot: () => releaseSlot?.(),
    async openStream() {
      const release = await budgets.acquire(await findCallerOnce(), 'STREAMS');
      whenOver(release);
    },
    async holdOperation() {
      const release = await budgets.startOperation(await findCallerOnce());
      whenOver(release);
    },
  };
};

/**
 * Returns the origin of a page of this server that was opened by plain http, although `PUBLIC_URL` is https; else null.
 * Browsers don't keep a `Secure` cookie for such a page.
 */
const insecurePage = ({ headers }: IncomingMessage, publicUrl: string | null): URL | null => {
  const origin = URL.parse(headers.origin ?? '');
  const isOwnHttp = origin?.protocol === 'http:' && origin.host === headers.host?.toLowerCase();
  return isOwnHttp && publicUrl?.startsWith('https:') ? origin : null;
};

/** Whether the page was opened on the server's own machine, where no network can read its cookie. */
const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);

const openedByHttp = ({ origin }: URL, publicUrl: string | null) =>
  new Failure(
    'FORBIDDEN',
    `Signing in at ${origin} is not possible, because sessions are only sent over https. Open ${publicUrl} instead.`,
  );

const surfaceOf = (path: string): Origin['surface'] => {
  if (path.startsWith('/v1/')) return 'openai';
  if (path === '/mcp') return 'mcp';
  return path.startsWith('/api/') ? 'rest' : 'graphql';
};

/** Returns the request id that a client or proxy sent, if it is safe to log and to echo. */
export const requestIdOf = ({ headers }: IncomingMessage): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : null;
};
