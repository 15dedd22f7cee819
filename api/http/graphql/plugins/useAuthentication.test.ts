import { EventEmitter, once } from 'node:events';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../../graph/context.ts';
import { bearer, openSocket } from '../../testing/surfaces.testing.ts';
import { startTestServer, type TestServer } from '../../testing/testServer.ts';

const authenticated = new EventEmitter();
const viewer = {
  type: GraphQLString,
  resolve: (_root: unknown, _args: unknown, context: Caller) => context.viewer?.user.username,
};

describe('authentication of GraphQL operations', () => {
  let server: TestServer;
  let contexts = 0;
  const countContexts: Plugin = {
    onContextBuilding: () => {
      contexts += 1;
    },
  };

  beforeAll(async () => {
    server = await startTestServer({
      schema: new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { viewer } }),
        subscription: new GraphQLObjectType<string, Caller>({
          name: 'Subscription',
          fields: {
            viewer: {
              type: GraphQLString,
              async *subscribe(_root, _args, context) {
                authenticated.emit('subscription');
                yield context.viewer?.user.username ?? 'anonymous';
              },
              resolve: (name: string) => name,
            },
          },
        }),
      }),
      context: (caller) => ({ ...caller, seen: caller.viewer?.user.username ?? 'anonymous' }),
      plugins: [countContexts],
    });
  });
  beforeEach(() => {
    contexts = 0;
  });
  afterAll(() => server.stop());

  it('takes a token, a session cookie or nothing over HTTP, and builds one context for each operation', async () => {
    const query = { query: '{ viewer }' };
    const token = await server.token();
    for (const [headers, name] of [
      [bearer(token), 'admin'],
      [{ Cookie: `ziggie_session=${token}` }, 'admin'],
      [{}, null],
    ] as const) {
      const response = await server.graphql(query, { ...headers });
      expect(await response.json()).toMatchObject({ data: { viewer: name } });
    }
    expect(contexts).toBe(3);
  });

  it('takes the same credentials for event streams and for queries and subscriptions on sockets', async () => {
    const token = await server.token();
    const subscription = { query: 'subscription { viewer }' };
    const stream = await server.graphql(subscription, { ...bearer(token), Accept: 'text/event-stream' });
    expect(await stream.text()).toContain('{"data":{"viewer":"admin"}');

    for (const payload of [{ Authorization: `Bearer ${token}` }, { token }]) {
      const socket = await openSocket(server.url, payload);
      for (const [id, query] of [
        ['query', '{ viewer }'],
        ['subscription', subscription.query],
      ] as const) {
        socket.subscribe(id, query);
        expect(await socket.answer(id)).toMatchObject({ payload: { data: { viewer: 'admin' } } });
      }
      socket.close();
    }
    const anonymous = await openSocket(server.url, undefined);
    anonymous.subscribe('q', '{ viewer }');
    expect(await anonymous.answer('q')).toMatchObject({ payload: { data: { viewer: null } } });
    anonymous.close();
  });

  it('rejects invalid tokens and API keys with UNAUTHENTICATED, before any field or subscription starts', async () => {
    let started = false;
    once(authenticated, 'subscription').then(() => {
      started = true;
    });
    for (const headers of [bearer('nonsense'), { 'X-API-Key': 'nonsense' }]) {
      for (const query of ['{ viewer }', 'subscription { viewer }']) {
        const accept = query.startsWith('s') ? 'text/event-stream' : 'application/json';
        const response = await server.graphql({ query }, { ...headers, Accept: accept });
        expect(response.status).toBe(401);
        expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
      }
    }
    expect(started).toBe(false);
  });

  it('builds no context for an invalid document', async () => {
    const response = await server.graphql({ query: '{ nope }' });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(contexts).toBe(0);
  });
});
