import { createClient, type Client as SocketClient } from 'graphql-ws/client';
import { errorOf, type GraphQLAnswerError, unreachable, ZiggieError } from '../errors.ts';
import type { TypedDocument } from './document.ts';
import type { Tokens } from './tokens.ts';

/** Times in ms: to connect and be acknowledged, between pings, until a pong, and until an idle socket is closed. */
const maxConnectMs = 10_000;
const keepAliveMs = 12_000;
const maxPongMs = 6_000;
const idleMs = 250;
/** The server's close code for a token that it rejects, or that expired. */
const forbidden = 4403;

export interface Watching<Result> {
  readonly next: (result: Result) => void;
  readonly signal: AbortSignal;
}

/** One socket for all subscriptions, open while there are any. It doesn't reconnect by itself: `retry` retries. */
export interface Socket {
  /**
   * Resolves when the server completes the subscription. Rejects with what `next` throws, the operation's error, the
   * signal's reason, or, if the socket was lost, `UNREACHABLE` or `UNAUTHENTICATED`.
   */
  watch<Result, Variables extends Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    watching: Watching<Result>,
  ): Promise<void>;
  /** Resolves to the first event of a subscription, then unsubscribes. Rejects as `watch` does. */
  first<Result, Variables extends Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): Promise<Result>;
  /** Drops the connection, so that the next one uses the credentials of that time. */
  drop(): void;
  close(): void;
}

export interface SocketDeps {
  readonly url: string;
  readonly tokens: Tokens;
  readonly webSocket: typeof WebSocket | undefined;
}

export const createSocket = ({ url, tokens, webSocket }: SocketDeps): Socket => {
  let usedToken: string | null = null;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const within = (ms: number) => {
    clearTimeout(deadline);
    // Not `close`, which waits for the peer's close frame: the peer may be unreachable.
    deadline = setTimeout(() => client.terminate(), ms);
  };
  const inTime = () => clearTimeout(deadline);

  const client: SocketClient = createClient({
    url,
    ...(webSocket && { webSocketImpl: webSocket }),
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    lazyCloseTimeout: idleMs,
    connectionParams: () => {
      usedToken = tokens.held();
      return usedToken === null ? {} : { authorization: `Bearer ${usedToken}` };
    },
    on: {
      connecting: () => within(maxConnectMs),
      connected: inTime,
      ping: (received) => {
        if (!received) within(maxPongMs);
      },
      pong: (received) => {
        if (received) inTime();
      },
      closed: (event) => {
        inTime();
        if (codeOf(event) === forbidden) tokens.refuse(usedToken);
      },
    },
  });

  const watch = async <Result, Variables extends Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    { next, signal }: Watching<Result>,
  ): Promise<void> => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = client.subscribe<Result>(
      { query: document.toString(), variables },
      {
        next({ data, errors }) {
          try {
            if (errors?.[0]) throw errorOf(errors[0]);
            if (data) next(data);
          } catch (error) {
            reject(error);
            leave();
          }
        },
        error: (error) => reject(lossOf(url, error)),
        complete: resolve,
      },
    );
    const abort = () => {
      reject(signal.reason);
      leave();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };

  return {
    watch,
    async first<Result, Variables extends Record<string, unknown>>(
      document: TypedDocument<Result, Variables>,
      variables: Variables,
      signal: AbortSignal,
    ) {
      const enough = new AbortController();
      const events: Result[] = [];
      const next = (event: Result) => {
        events.push(event);
        enough.abort();
      };
      try {
        await watch(document, variables, { next, signal: AbortSignal.any([signal, enough.signal]) });
      } catch (error) {
        if (!enough.signal.aborted) throw error;
      }
      const [event] = events;
      if (event === undefined) throw unreachable(url, new Error('the subscription ended without an event'));
      return event;
    },
    drop: () => client.terminate(),
    close() {
      inTime();
      client.terminate();
      // Rejects with the failure of a pending connection, which its waiters get already.
      Promise.resolve(client.dispose()).catch(() => {});
    },
  };
};

const codeOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'code' in event ? event.code : undefined;

/** The cause of a subscription's end: a list of the operation's errors, a socket's close event, or a socket error. */
const lossOf = (url: string, error: unknown): unknown => {
  if (Array.isArray(error)) return errorOf(error[0] as GraphQLAnswerError);
  if (codeOf(error) === forbidden) {
    const reason =
      typeof error === 'object' && error !== null && 'reason' in error ? String(error.reason) : '';
    return new ZiggieError(
      'UNAUTHENTICATED',
      reason || 'The service does not take this token. Sign in again.',
    );
  }
  return unreachable(url, error);
};
