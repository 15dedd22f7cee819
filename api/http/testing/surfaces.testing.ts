import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The outcome on each request surface: the status over HTTP; for a socket, its close code or `accepted`. */
export interface Outcomes {
  readonly graphql: number;
  readonly sse: number;
  readonly rest: number;
  readonly openai: number;
  readonly socket: number | 'accepted';
}

export const accepted: Outcomes = { graphql: 200, sse: 200, rest: 200, openai: 200, socket: 'accepted' };
export const rejected: Outcomes = { graphql: 401, sse: 401, rest: 401, openai: 401, socket: 4403 };

/** Opens a socket and sends `connection_init`. Resolves once it is acknowledged or closed. */
export const openSocket = async (
  url: string,
  payload: unknown,
  headers: Readonly<Record<string, string>> = {},
) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  const received: Record<string, unknown>[] = [];
  const arrivals = new EventTarget();
  socket.on('message', (message) => {
    received.push(JSON.parse(String(message)));
    arrivals.dispatchEvent(new Event('message'));
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload }));

  /** Resolves to the first message that matches, past or future; to null if the socket closes before. */
  const message = async (matches: (message: Record<string, unknown>) => boolean) => {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown> | null>();
    const check = () => {
      const found = received.find(matches);
      if (found) resolve(found);
    };
    arrivals.addEventListener('message', check);
    closed.then(() => resolve(null));
    check();
    const found = await promise;
    arrivals.removeEventListener('message', check);
    return found;
  };
  const isAcknowledged = (await message(({ type }) => type === 'connection_ack')) !== null;

  return {
    isAcknowledged,
    /** Resolves to the close code. */
    closed,
    subscribe: (id: string, query: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } })),
    /** Resolves to the first message of an operation. */
    answer: (id: string) => message((one) => one.id === id),
    message,
    close: () => socket.close(),
  };
};

/** Opens a subscription over SSE, which stays open. */
export const openStream = (url: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { conversationChanged { kind } }' }),
  });

/** Posts a GraphQL query. */
export const postQuery = (
  url: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

export const bearer = (token: string): Readonly<Record<string, string>> => ({
  Authorization: `Bearer ${token}`,
});

/** Tries a credential on every request surface: over HTTP by the headers, on a socket by the payload. */
export const tryEverySurface = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  payload: unknown,
): Promise<Outcomes> => {
  const [graphql, sse, rest, openai, socket] = await Promise.all([
    postQuery(url, '{ viewer { id } }', headers),
    openStream(url, headers),
    fetch(`${url}/api/llm/models`, { headers }),
    fetch(`${url}/v1/models`, { headers }),
    openSocket(url, payload),
  ]);
  await sse.body?.cancel();
  if (rest.status === 401) {
    expect(await rest.json()).toEqual({ detail: expect.any(String), error: expect.any(String) });
  }
  if (openai.status === 401) {
    expect(await openai.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
  }
  if (socket.isAcknowledged) socket.close();
  return {
    graphql: graphql.status,
    sse: sse.status,
    rest: rest.status,
    openai: openai.status,
    socket: socket.isAcknowledged ? 'accepted' : await socket.closed,
  };
};

export const tryToken = (url: string, token: string): Promise<Outcomes> =>
  tryEverySurface(url, bearer(token), { token });
