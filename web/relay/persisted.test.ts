import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CloseCode } from 'graphql-ws';
import { type GraphQLResponse, PreloadableQueryRegistry, type RequestParameters } from 'relay-runtime';
import { WebSocketServer } from 'ws';
import { createConnection } from './connection.ts';
import { textOf } from './persisted.ts';
import { createSocket, createSubscribe } from './socket.ts';

const request = {
  id: 'the id',
  text: 'the text',
  name: 'Operation',
  operationKind: 'subscription',
  metadata: {},
  cacheID: 'x',
} as unknown as RequestParameters;

interface Sent {
  readonly query?: string;
  readonly extensions?: { readonly persistedQuery: { readonly sha256Hash: string } };
}

/** Answers an operation as a server that knows at most one document. */
const answerTo = ({ query, extensions }: Sent, known: string | null) => {
  const id = extensions?.persistedQuery.sha256Hash;
  if (id === known || query === 'the text') return { data: { is: 'answered' } };
  return { errors: [{ message: 'No.', extensions: { code: 'NOT_FOUND', documentId: id } }] };
};

describe('a document over the socket', () => {
  it('is sent by its id, and in full to a server of another release', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const queries: string[] = [];
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const { type, id, payload } = JSON.parse(String(data));
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
        if (type !== 'subscribe') return;
        queries.push(payload.query);
        const { data: answered, errors } = answerTo(payload, null) as Record<string, unknown>;
        if (errors) socket.send(JSON.stringify({ id, type: 'error', payload: errors }));
        else {
          socket.send(JSON.stringify({ id, type: 'next', payload: { data: answered } }));
          socket.send(JSON.stringify({ id, type: 'complete' }));
        }
      });
    });
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const client = createSocket(url, createConnection(), () => {});
    const answers: GraphQLResponse[] = [];
    const ended = Promise.withResolvers<void>();
    createSubscribe(client)(request, {}).subscribe({
      next: (answer) => answers.push(answer),
      error: ended.reject,
      complete: ended.resolve,
    });
    try {
      await ended.promise;
      expect(answers).toEqual([{ data: { is: 'answered' } }]);
      expect(queries).toEqual(['', 'the text']);
    } finally {
      await client.dispose();
      for (const socket of server.clients) socket.close(CloseCode.Forbidden);
      server.close();
    }
  });
});

describe("the text of a page's query", () => {
  const pages = { ...request, text: null } as unknown as RequestParameters;
  const load = (text: string) =>
    PreloadableQueryRegistry.set('the id', { params: { ...request, text } } as unknown as Parameters<
      typeof PreloadableQueryRegistry.set
    >[1]);

  afterEach(() => PreloadableQueryRegistry.clear());

  it("is known when the page's code is loaded, before or afterwards", async () => {
    const waiting = textOf(pages, AbortSignal.timeout(10_000));
    load('a query');
    expect(await waiting).toBe('a query');
    expect(await textOf(pages, AbortSignal.abort())).toBe('a query');
  });

  it('is not waited for any longer than its request', async () => {
    const leaving = new AbortController();
    const waiting = textOf(pages, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(textOf(pages, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
