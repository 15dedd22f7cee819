import { createClient as createEventsClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { HttpServerDeps } from '../server.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

type Request = Readonly<Record<string, unknown>>;

/** The transports of an operation. */
export const transports = ['HTTP', 'SSE', 'a single connection', 'a socket'] as const;

/** Runs an operation over a transport, anonymously or with a token. Returns its first result. */
export const runOver = async (
  server: TestServer,
  transport: (typeof transports)[number],
  request: Request,
  token?: string,
): Promise<Answer> => {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  if (transport === 'HTTP') return (await server.graphql(request, headers)).json() as Promise<Answer>;
  if (transport === 'SSE') {
    const events = await (await server.graphql(request, { ...headers, Accept: 'text/event-stream' })).text();
    return JSON.parse(/^data: (\{.+)$/m.exec(events)?.[1] ?? 'null') as Answer;
  }
  if (transport === 'a single connection') return overSingleConnection(server, request, headers);
  const client = createClient({
    url: server.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: headers,
    retryAttempts: 0,
  });
  const answer = Promise.withResolvers<Answer>();
  client.subscribe(
    { query: '', ...request },
    {
      next: (result) => answer.resolve(result as Answer),
      error: (errors) => answer.resolve({ errors } as Answer),
      complete: () => undefined,
    },
  );
  return answer.promise.finally(() => client.dispose());
};

const overSingleConnection = async (
  server: TestServer,
  request: Request,
  headers: Record<string, string>,
): Promise<Answer> => {
  const answer = Promise.withResolvers<Answer>();
  const client = createEventsClient({
    url: `${server.url}/graphql`,
    singleConnection: true,
    headers,
    retryAttempts: 0,
    async fetchFn(url: string, init: RequestInit) {
      const response = await fetch(url, init);
      // An operation that isn't run is answered by its own response, which the client doesn't read.
      if (!response.ok) answer.resolve((await response.clone().json()) as Answer);
      return response;
    },
  });
  client.subscribe(
    { query: '', ...request },
    {
      next: (result) => answer.resolve(result as Answer),
      error: answer.reject,
      complete: () => undefined,
    },
  );
  return answer.promise.finally(() => client.dispose());
};

/** Returns the first error, or undefined. */
export const firstError = ({ errors }: Answer) => errors?.[0];

/** Starts servers with different options, and stops them all. */
export const createServers = () => {
  const running: TestServer[] = [];
  return {
    async start(options: Partial<Omit<HttpServerDeps, 'schema'>>): Promise<TestServer> {
      const server = await startTestServer(options);
      running.push(server);
      return server;
    },
    stop: () => Promise.all(running.map((server) => server.stop())),
  };
};
