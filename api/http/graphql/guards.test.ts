import { getIntrospectionQuery } from 'graphql';
import { defaultDocumentLimits } from '../../config/values/documentLimits.ts';
import type { TestServer } from '../testing/testServer.ts';
import { type Answer, ask, createServers, firstError, ways } from './guards.testing.ts';

const servers = createServers();
const { start } = servers;
afterAll(() => servers.stop());

describe('a document', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await start({
      documentLimits: { ...defaultDocumentLimits, aliases: 5, directives: 5, cost: 20 },
    });
  });

  const many = (count: number, make: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => make(index)).join(' ');
  const chain = (length: number, last: string) =>
    `{ ...f0 } ${many(length, (at) => `fragment f${at} on Query { ${at + 1 < length ? `...f${at + 1}` : last} }`)}`;

  describe.each(ways)('over %s', (way) => {
    it.each([
      ['aliases', `{ ${many(6, (at) => `a${at}: viewer`)} }`],
      ['aliases of __typename', `{ ${many(6, (at) => `a${at}: __typename`)} }`],
      ['aliases in a fragment', `{ ...f ...f } fragment f on Query { a: viewer b: viewer c: viewer }`],
      ['directives', `{ viewer ${many(6, () => '@include(if: true)')} }`],
      ['fragments within fragments', chain(200, 'viewer')],
      ['fragments that spread each other in a circle', chain(200, '...f0')],
      ['brackets within brackets', `{ viewer(n: ${'['.repeat(10_000)}${']'.repeat(10_000)}) }`],
      ['fields within fields', '{a'.repeat(10_000) + '}'.repeat(10_000)],
      ['tokens', `{ ${'viewer '.repeat(4001)} }`],
      ['fields that its answer would have', `{ ${'viewer '.repeat(21)} }`],
    ])('is refused for too many %s', async (_what, query) => {
      expect(firstError(await ask(server, way, { query }))).toMatchObject({
        message: expect.stringMatching(/Ask for/),
        extensions: { code: 'TOO_COMPLEX' },
      });
    });

    it('is refused for a circle of fragments', async () => {
      expect(firstError(await ask(server, way, { query: chain(3, '...f0') }))).toMatchObject({
        message: expect.stringContaining('Cannot spread fragment'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    });

    it('is answered with what it costs', async () => {
      const answer = await ask(server, way, { query: '{ viewer requestId }' });
      expect(answer.extensions).toEqual({ cost: { requested: 2, limit: 20 } });
      const refused = firstError(await ask(server, way, { query: `{ ${'viewer '.repeat(21)} }` }));
      expect(refused?.extensions.cost).toEqual({ requested: 21, limit: 20 });
    });
  });

  it('counts with the operation that is run alone', async () => {
    const query = `query A { viewer } query B($n: Int) { ${'viewer '.repeat(30)} guarded(n: $n) }`;
    expect(await ask(server, 'HTTP', { query, operationName: 'A' })).toMatchObject({
      extensions: { cost: { requested: 1 } },
    });
    expect(firstError(await ask(server, 'HTTP', { query, operationName: 'B' }))?.extensions.code).toBe(
      'TOO_COMPLEX',
    );
  });

  describe('that is long', () => {
    const long = 'x'.repeat(300_000);
    const text = `"${long}"`;

    it.each([
      ['comments', `#${long}\n{ viewer }`],
      ['comments of one character', `${'#\n'.repeat(150_000)}{ viewer }`],
      ['blanks', `{ viewer }${' '.repeat(300_000)}`],
      ['line ends', `{ viewer }${'\n'.repeat(300_000)}`],
      ['commas', `{ viewer }${','.repeat(300_000)}`],
      ['a string', `{ guarded(username: ${text}) }`],
      ['a block string', `{ guarded(username: ""${text}"") }`],
      ['a name', `{ ${long} }`],
      ['nothing that is GraphQL', '\u0000'.repeat(150_000)],
    ])('by %s is refused on every way in, before it is parsed', async (_what, query) => {
      for (const way of ways) {
        // A socket takes no such message before authentication.
        const token = await server.token();
        const error = firstError(await ask(server, way, { query }, token));
        expect([way, error?.extensions.code]).toEqual([way, 'TOO_COMPLEX']);
        expect(error?.message).toContain('characters');
      }
      const extensions = { persistedQuery: { version: 1, sha256Hash: 'unknown' } };
      expect(firstError(await ask(server, 'HTTP', { query, extensions }))?.extensions.code).toBe(
        'TOO_COMPLEX',
      );
    });

    it('is counted by DOCUMENT_LIMITS, over GET too', async () => {
      const strict = await start({ documentLimits: { ...defaultDocumentLimits, characters: 200 } });
      const path = `/graphql?query=${encodeURIComponent(`#${'x'.repeat(200)}\n{ viewer }`)}`;
      const response = await fetch(strict.url + path, { headers: { 'x-graphql-yoga-csrf': '1' } });
      expect(firstError((await response.json()) as Answer)?.extensions.code).toBe('TOO_COMPLEX');
      expect((await ask(strict, 'HTTP', { query: '{ viewer }' })).data).toEqual({ viewer: null });
    });
  });

  it('nested 10,000 deep is a 400', async () => {
    const query = '{a'.repeat(10_000) + '}'.repeat(10_000);
    const accept = { Accept: 'application/graphql-response+json' };
    expect((await server.graphql({ query }, accept)).status).toBe(400);
  });

  it.each([
    ['an empty batch', []],
    ['a batch', Array.from({ length: 1000 }, () => ({ query: '{ viewer }' }))],
  ])('comes by itself: %s is refused', async (_what, body) => {
    const response = await server.graphql(body);
    expect(response.status).toBe(400);
    expect(firstError((await response.json()) as Answer)?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the schema', () => {
  const request = { query: getIntrospectionQuery() };

  it.each(ways)('is shown over %s to whom it may be', async (way) => {
    const on = await start({ introspection: 'on' });
    expect((await ask(on, way, request)).data).toHaveProperty('__schema');

    const signedIn = await start({ introspection: 'signed-in' });
    expect(firstError(await ask(signedIn, way, request))?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask(signedIn, way, request, await signedIn.token())).data).toHaveProperty('__schema');

    const off = await start({ introspection: 'off' });
    const token = await off.token();
    for (const query of [
      '{ __schema { types { name } } }',
      '{ ...f } fragment f on Query { a: __type(name: "Query") { name } }',
    ]) {
      expect(firstError(await ask(off, way, { query }, token))?.extensions.code).toBe('FORBIDDEN');
    }
    expect((await ask(off, way, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
  });
});

describe('GraphiQL', () => {
  it('is not there where it is off', async () => {
    const server = await start({ graphiql: false });
    const response = await fetch(`${server.url}/graphql`, { headers: { Accept: 'text/html' } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('<');
  });
});

describe('a form of another page', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'can post nothing as %s',
    async (type) => {
      const server = await start({});
      const response = await server.graphql('query={viewer}', { 'Content-Type': type });
      expect(response.status).toBe(415);
      expect(firstError((await response.json()) as Answer)).toMatchObject({
        message: expect.stringContaining('application/json'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
  );
});
