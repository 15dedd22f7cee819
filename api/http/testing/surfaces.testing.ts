import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What each way in answers: statuses over HTTP; of a socket, what it was closed with, or that it was let in. */
export interface Answers {
  readonly graphql: number;
  readonly sse: number;
  readonly rest: number;
  readonly openai: number;
  readonly socket: number | 'let in';
}

export const letIn: Answers = { graphql: 200, sse: 200, rest: 200, openai: 200, socket: 'let in' };
export const refused: Answers = { graphql: 401, sse: 401, rest: 401, openai: 401, socket: 4403 };

/** A socket that has said its first message, with what came of it. */
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

  /** The first message that `isIt`, whenever it comes; null where the socket closes before. */
  const message = async (isIt: (message: Record<string, unknown>) => boolean) => {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown> | null>();
    const look = () => {
      const found = received.find(isIt);
      if (found) resolve(found);
    };
    arrivals.addEventListener('message', look);
    closed.then(() => resolve(null));
    look();
    const found = await promise;
    arrivals.removeEventListener('message', look);
    return found;
  };
  const isAcknowledged = (await message(({ type }) => type === 'connection_ack')) !== null;

  return {
    isAcknowledged,
    /** Resolves to the code that it is closed with. */
    closed,
    subscribe: (id: string, query: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } })),
    /** What the operation answers first. */
    answer: (id: string) => message((one) => one.id === id),
    message,
    close: () => socket.close(),
  };
};

/** A subscription over SSE, which stays open. */
export const openStream = (url: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { conversationChanged { kind } }' }),
  });

export const ask = (
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

/** Tries a credential on every way in, by these headers, and on a socket by its first message. */
export const tryEverywhere = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  payload: unknown,
): Promise<Answers> => {
  const [graphql, sse, rest, openai, socket] = await Promise.all([
    ask(url, '{ viewer { id } }', headers),
    openStream(url, headers),
    fetch(`${url}/api/llm/models`, { headers }),
    fetch(`${url}/v1/models`, { headers }),
    openSocket(url, payload),
  ]);
  await sse.body?.cancel();
  if (rest.status === 401) expect(await rest.json()).toEqual({ detail: expect.any(String) });
  if (openai.status === 401) {
    expect(await openai.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
  }
  if (socket.isAcknowledged) socket.close();
  return {
    graphql: graphql.status,
    sse: sse.status,
    rest: rest.status,
    openai: openai.status,
    socket: socket.isAcknowledged ? 'let in' : await socket.closed,
  };
};

export const tryToken = (url: string, token: string): Promise<Answers> =>
  tryEverywhere(url, bearer(token), { token });
