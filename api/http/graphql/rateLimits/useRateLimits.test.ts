import { GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { serviceUnavailable } from '../../../errors/failures.ts';
import type { Caller } from '../../../graph/context.ts';
import type { LimitHit } from '../../../limits/hits/store.ts';
import { generationsKey } from '../../../limits/limitedCaller.ts';
import { createMemoryLimits } from '../../../limits/limits.memory.ts';
import type { Limits } from '../../../limits/limits.ts';
import { silent } from '../../../redis/server.testing.ts';
import { bearer, openSocket } from '../../testing/surfaces.testing.ts';
import { startTestServer, type TestServer } from '../../testing/testServer.ts';
import { useRateLimits } from './useRateLimits.ts';

const perMinute = (count: number) => ({ count, windowMs: 60_000 });
const byRole = (count: number) => ({ ADMIN: perMinute(count), MEMBER: null, VIEWER: null });

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: { readonly code: string; readonly retryAfter?: number };
  }[];
}

describe('rate limits of fields', () => {
  let server: TestServer;
  let limits: Limits;
  let token = '';
  const ran: string[] = [];
  const hits: LimitHit[] = [];
  let isUnavailable = false;

  const named = (name: string, args: object = {}) => ({
    type: GraphQLString,
    args: args as never,
    resolve: () => {
      ran.push(name);
      return name;
    },
  });
  const input = new GraphQLInputObjectType({
    name: 'GenerateInput',
    fields: { idempotencyKey: { type: GraphQLString } },
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        conversations: named('conversations', { search: { type: GraphQLString } }),
        health: named('health'),
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        generate: named('generate', { input: { type: input } }),
        regenerate: named('regenerate', { input: { type: input } }),
        signIn: named('signIn'),
      },
    }),
    subscription: new GraphQLObjectType<string, Caller>({
      name: 'Subscription',
      fields: {
        modelPull: {
          type: GraphQLString,
          async *subscribe() {
            ran.push('modelPull');
            yield 'a pull';
          },
          resolve: (text: string) => text,
        },
      },
    }),
  });

  beforeEach(async () => {
    [ran.length, hits.length] = [0, 0];
    isUnavailable = false;
    const memory = createMemoryLimits();
    limits = {
      consume: async (...call) => {
        if (isUnavailable) throw serviceUnavailable('Redis is unavailable.');
        return memory.consume(...call);
      },
      peek: async (...call) => {
        if (isUnavailable) throw serviceUnavailable('Redis is unavailable.');
        return memory.peek(...call);
      },
    };
    server = await startTestServer({
      schema,
      plugins: [
        ...useRateLimits({
          limits,
          generationRates: byRole(2),
          rates: byRole(3),
          addressRate: perMinute(1),
          recordLimitHit: (hit) => hits.push(hit),
          log: silent,
        }),
      ],
    });
    token = await server.token();
  });
  afterEach(() => server.stop());

  const ask = async (query: string, headers: Record<string, string> = bearer(token)) => {
    const response = await server.graphql({ query }, headers);
    return (await response.json()) as Answer;
  };
  const adminId = async () => (await server.stores.accounts.findUserByName('admin'))?.id ?? '';
  const rejection = (path: string, message: RegExp) => ({
    data: null,
    errors: [
      {
        message: expect.stringMatching(message),
        path: [path],
        extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) },
      },
    ],
  });

  it('rejects a generation when the service’s counter has reached the rate, without counting it again', async () => {
    for (let count = 0; count < 5; count += 1)
      expect((await ask('mutation { generate }')).errors).toBeUndefined();
    const key = generationsKey(await adminId());
    await limits.consume(key, perMinute(2));
    await limits.consume(key, perMinute(2));
    ran.length = 0;
    const rejected = await ask('mutation { again: regenerate }');
    expect(rejected).toMatchObject(
      rejection(
        'again',
        /^You have asked for too many answers: 2 in 1 min are allowed\. Try again in \d+ s\.$/,
      ),
    );
    const [error] = rejected.errors ?? [];
    expect(Number.isInteger(error?.extensions.retryAfter)).toBe(true);
    expect(error?.extensions.retryAfter).toBeGreaterThan(0);
    expect(error?.extensions.retryAfter).toBeLessThanOrEqual(60);
    expect(ran).toEqual([]);
    expect(hits).toEqual([{ limit: 'GENERATION_RATE', userId: await adminId(), address: null }]);
  });

  it('leaves a generation with an idempotency key to the service, which knows repeated requests', async () => {
    const key = generationsKey(await adminId());
    await limits.consume(key, perMinute(2));
    await limits.consume(key, perMinute(2));
    expect((await ask('mutation { generate(input: { idempotencyKey: "k" }) }')).errors).toBeUndefined();
    expect((await ask('mutation { generate(input: { idempotencyKey: "" }) }')).errors).toHaveLength(1);
    const withDefault = 'mutation ($key: String = "k") { generate(input: { idempotencyKey: $key }) }';
    expect((await ask(withDefault)).errors).toBeUndefined();
  });

  it('counts each alias of a sign-in from an anonymous address, and authenticated callers separately', async () => {
    expect(await ask('mutation { a: signIn b: signIn }', {})).toMatchObject(
      rejection('b', /^Too many sign-ins: 1 in 1 min are allowed/),
    );
    expect(ran).toEqual([]);
    expect(hits).toEqual([{ limit: 'ADDRESS_RATE', userId: null, address: '127.0.0.1' }]);
    expect((await ask('mutation { signIn }')).errors).toBeUndefined();
  });

  it('counts searches, and no other lists', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect((await ask('{ conversations health }')).errors).toBeUndefined();
    }
    const search = '{ one: conversations(search: "x") two: conversations(search: "y") }';
    expect((await ask(search)).errors).toBeUndefined();
    expect((await ask(search)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expect(hits).toEqual([{ limit: 'REQUEST_RATE', userId: await adminId(), address: null }]);
  });

  it('counts a search whose text is the default of a variable', async () => {
    const search = 'query ($text: String = "x") { conversations(search: $text) }';
    for (let count = 0; count < 3; count += 1) expect((await ask(search)).errors).toBeUndefined();
    expect((await ask(search)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  });

  it('allows at most the rate of 110 concurrent uses, in single and in aliased fields', async () => {
    const aliases = Array.from({ length: 10 }, (_, index) => `a${index}: conversations(search: "x")`);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(index % 2 ? `{ ${aliases.join(' ')} }` : '{ conversations(search: "x") }'),
      ),
    );
    const allowed = ran.filter((name) => name === 'conversations');
    expect(allowed.length).toBeLessThanOrEqual(3);
    expect(all.filter(({ errors }) => errors === undefined).length).toBe(allowed.length);
  });

  it('counts only the operation that is executed', async () => {
    const body = {
      query: 'query Plain { health } query Search { conversations(search: "x") }',
      operationName: 'Plain',
    };
    for (let count = 0; count < 5; count += 1) {
      const response = await server.graphql(body, bearer(token));
      expect(await response.json()).toMatchObject({ data: { health: 'health' } });
    }
  });

  it('rejects operations on sockets, and subscriptions there and over event streams', async () => {
    const socket = await openSocket(server.url, { token });
    const first = async (id: string, query: string) => {
      socket.subscribe(id, query);
      return socket.answer(id);
    };
    const message = expect.stringContaining('Too many model pulls: 3 in 1 min are allowed.');
    const extensions = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };
    const rejected = { payload: { errors: [{ message, extensions }] } };
    for (const id of ['1', '2', '3']) {
      expect(await first(id, 'subscription { modelPull }')).toMatchObject({
        payload: { data: { modelPull: 'a pull' } },
      });
    }
    expect(await first('4', 'subscription { modelPull }')).toMatchObject(rejected);
    expect(await first('5', 'subscription { ...P } fragment P on Subscription { modelPull }')).toMatchObject(
      rejected,
    );
    expect(ran).toEqual(['modelPull', 'modelPull', 'modelPull']);
    const stream = await server.graphql(
      { query: 'subscription { modelPull }' },
      { ...bearer(token), Accept: 'text/event-stream' },
    );
    expect(await stream.text()).toContain('"code":"RATE_LIMITED"');

    for (const id of ['6', '7', '8']) await first(id, '{ conversations(search: "x") }');
    expect(await first('9', '{ conversations(search: "x") }')).toMatchObject({
      payload: { data: null, errors: [{ path: ['conversations'], extensions: { code: 'RATE_LIMITED' } }] },
    });
    socket.close();
  });

  it('allows everything while the counters are unavailable', async () => {
    isUnavailable = true;
    for (let count = 0; count < 5; count += 1) {
      expect((await ask('mutation { signIn generate }', bearer(token))).errors).toBeUndefined();
    }
    expect(hits).toEqual([]);
  });
});
