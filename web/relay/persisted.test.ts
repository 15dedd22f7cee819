import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CloseCode } from 'graphql-ws';
import type { GraphQLResponse, RequestParameters } from 'relay-runtime';
import { WebSocketServer } from 'ws';
import { createConnection } from './connection.ts';
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
