import { type ExecutionResult, print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { socketErrors } from './errors.ts';
import { callerToken, type Upstream, type UpstreamRequest } from './request.ts';

/** How long a socket stays open when nothing is followed on it any more, in milliseconds. */
const lingerMs = 3000;
/** How often a subgraph is asked whether it is there, and how long it may take to say so, in milliseconds. */
const keepAliveMs = 10_000;
const pongMs = 5000;

/** Sockets to one subgraph, one for each caller that follows something there. */
export interface UpstreamSockets {
  subscribe<Result>(request: UpstreamRequest): AsyncIterableIterator<ExecutionResult<Result>>;
  close(): Promise<void>;
}

/**
 * What breaks is not tried again: the caller subscribes again by itself, with the cursor that it has come to. And a
 * token that a subgraph doesn't believe is refused at once.
 */
const connect = (url: string, token: string | null): Client => {
  let silence: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    ...(token !== null && { connectionParams: { authorization: `Bearer ${token}` } }),
    retryAttempts: 0,
    lazyCloseTimeout: lingerMs,
    keepAlive: keepAliveMs,
    on: {
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), pongMs);
      },
      pong: () => clearTimeout(silence),
      closed: () => clearTimeout(silence),
    },
  });
  return client;
};

/** Events, of which the last tells what went wrong, if something did: a gateway shows errors of results, not thrown ones. */
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
      // Its type has `extensions` that may be anything.
      return withErrors(name, events as AsyncIterableIterator<ExecutionResult<Result>>);
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.dispose()));
    },
  };
};
