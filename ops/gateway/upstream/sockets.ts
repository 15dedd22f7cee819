import { type ExecutionResult, print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { socketErrors } from './errors.ts';
import { callerToken, type Upstream, type UpstreamRequest } from './request.ts';

/** How long a socket without subscriptions stays open, in milliseconds. */
const lingerMs = 3000;
/** The interval of pings, and the timeout of a pong, in milliseconds. */
const keepAliveMs = 10_000;
const pongTimeoutMs = 5000;

/** The sockets to one subgraph, one for each token with subscriptions. */
export interface UpstreamSockets {
  subscribe<Result>(request: UpstreamRequest): AsyncIterableIterator<ExecutionResult<Result>>;
  close(): Promise<void>;
}

/**
 * Creates a client without retries: the caller itself subscribes again, with its latest cursor. So a token that the
 * subgraph rejects fails at once.
 */
const connect = (url: string, token: string | null): Client => {
  let pongTimeout: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    ...(token !== null && { connectionParams: { authorization: `Bearer ${token}` } }),
    retryAttempts: 0,
    lazyCloseTimeout: lingerMs,
    keepAlive: keepAliveMs,
    on: {
      ping: (received) => {
        if (!received) pongTimeout = setTimeout(() => client.terminate(), pongTimeoutMs);
      },
      pong: () => clearTimeout(pongTimeout),
      closed: () => clearTimeout(pongTimeout),
    },
  });
  return client;
};

/** Turns a thrown error into a last event with `errors`: a gateway shows only errors of results. */
const withErrors = <Result>(
  name: string,
  events: AsyncIterableIterator<ExecutionResult<Result>>,
): AsyncIterableIterator<ExecutionResult<Result>> => ({
  [Symbol.asyncIterator]() {
    return this;
  },
  async next() {
    try {
      return await events.next();
    } catch (error) {
      return { done: false, value: { errors: socketErrors(name, error) } };
    }
  },
  async return() {
    await events.return?.();
    return { done: true, value: undefined };
  },
});

export const createUpstreamSockets = ({ name, url }: Upstream): UpstreamSockets => {
  const clients = new Map<string | null, Client>();

  const clientOf = (token: string | null): Client => {
    const open = clients.get(token);
    if (open) return open;
    const client = connect(url, token);
    clients.set(token, client);
    client.on('closed', () => {
      if (clients.get(token) === client) clients.delete(token);
    });
    return client;
  };

  return {
    subscribe<Result>(request: UpstreamRequest) {
      const { document, variables, operationName, signal } = request;
      const client = clientOf(callerToken(request));
      const events = client.iterate<Result>({ query: print(document), variables, operationName });
      signal?.addEventListener('abort', () => void events.return?.(), { once: true });
      // The cast narrows the type of `extensions`.
      return withErrors(name, events as AsyncIterableIterator<ExecutionResult<Result>>);
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.dispose()));
    },
  };
};
