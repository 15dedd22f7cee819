import type { AddressInfo } from 'node:net';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { RequestParameters } from 'relay-runtime';
import { WebSocketServer } from 'ws';
import { createConnection } from './connection.ts';
import { createSocket, createSubscribe } from './socket.ts';

const step = new GraphQLObjectType({ name: 'Step', fields: { cursor: { type: GraphQLInt } } });

/** Counts up from `after`: sends two events per socket, then waits. */
const startServer = async (afters: number[]) => {
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { none: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        count: {
          type: step,
          args: { after: { type: GraphQLInt } },
          async *subscribe(_root, { after }: { after: number }) {
            afters.push(after);
            yield { count: { cursor: after + 1 } };
            yield { count: { cursor: after + 2 } };
            await new Promise(() => {});
          },
        },
      },
    }),
  });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  useServer({ schema }, server);
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

const operation = {
  name: 'Count',
  text: 'subscription Count($after: Int) { count(after: $after) { cursor } }',
} as RequestParameters;

describe('a subscription that takes `after`', () => {
  it('resumes after the last cursor when its socket drops', async () => {
    const afters: number[] = [];
    const { server, url } = await startServer(afters);
    const connection = createConnection();
    const client = createSocket(url, connection, () => {});
    const cursors: number[] = [];
    const arrived = Promise.withResolvers<void>();
    const reading = createSubscribe(client)(operation, { after: 5 }).subscribe({
      next: (response) => {
        const { data } = response as { data: { count: { cursor: number } } };
        cursors.push(data.count.cursor);
        if (data.count.cursor === 7) for (const socket of server.clients) socket.terminate();
        if (data.count.cursor === 9) arrived.resolve();
      },
      error: arrived.reject,
    });
    try {
      await arrived.promise;
      expect(afters).toEqual([5, 7]);
      expect(cursors).toEqual([6, 7, 8, 9]);
      expect(connection.openings()).toBe(2);
      expect(connection.state()).toBe('open');
    } finally {
      reading.unsubscribe();
      await client.dispose();
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
