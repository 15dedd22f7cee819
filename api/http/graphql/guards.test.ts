import { getIntrospectionQuery } from 'graphql';
import { defaultDocumentLimits } from '../../config/values/documentLimits.ts';
import type { TestServer } from '../testing/testServer.ts';
import { type Answer, createServers, firstError, runOver, transports } from './guards.testing.ts';

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

  describe.each(transports)('over %s', (transport) => {
    it.each([
      ['aliases', `{ ${many(6, (at) => `a${at}: viewer`)} }`],
      ['aliases of __typename', `{ ${many(6, (at) => `a${at}: __typename`)} }`],
      ['aliases in a fragment', `{ ...f ...f } fragment f on Query { a: viewer b: viewer c: viewer }`],
      ['directives', `{ viewer ${many(6, () => '@include(if: true)')} }`],
      ['fragments within fragments', chain(200, 'viewer')],
      ['fragments that spread each other in a cycle', chain(200, '...f0')],
      ['repetitions of a field', `{ ${'viewer '.repeat(400)} }`],
      [
        'fragments with the same field',
        `{ ${many(150, (at) => `...f${at}`)} } ${many(150, (at) => `fragment f${at} on Query { viewer }`)}`,
      ],
      ['brackets within brackets', `{ viewer(n: ${'['.repeat(10_000)}${']'.repeat(10_000)}) }`],
      ['fields within fields', '{a'.repeat(10_000) + '}'.repeat(10_000)],
      ['tokens', `{ ${'viewer '.repeat(4001)} }`],
      ['fields in its response', `{ ${'viewer '.repeat(21)} }`],
    ])('is rejected for too many %s', async (_what, query) => {
      expect(firstError(await runOver(server, transport, { query }))).toMatchObject({
        message: expect.stringMatching(/Ask for/),
        extensions: { code: 'TOO_COMPLEX' },
      });
    });

    it('is rejected for a cycle of fragments', async () => {
      expect(firstError(await runOver(server, transport, { query: chain(3, '...f0') }))).toMatchObject({
        message: expect.stringContaining('Cannot spread fragment'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    });

    it('has its cost in the result', async () => {
      const answer = await runOver(server, transport, { query: '{ viewer requestId }' });
      expect(answer.extensions).toEqual({ cost: { requested: 2, limit: 20 } });
      const rejected = firstError(await runOver(server, transport, { query: `{ ${'viewer '.repeat(21)} }` }));
      expect(rejected?.extensions.cost).toEqual({ requested: 21, limit: 20 });
    });
  });

  it('counts only the operation that is run', async () => {
    const query = `query A { viewer } query B($n: Int) { ${'viewer '.repeat(30)} guarded(n: $n) }`;
    expect(await runOver(server, 'HTTP', { query, operationName: 'A' })).toMatchObject({
      extensions: { cost: { requested: 1 } },
    });
    expect(firstError(await runOver(server, 'HTTP', { query, operationName: 'B' }))?.extensions.code).toBe(
      'TOO_COMPLEX',
    );
  });

  describe('that is long', () => {
    const long = 'x'.repeat(300_000);
    const text = `"${long}"`;

    it.each([
      ['comments', `#${long}\n{ viewer }`],
      ['comments of one character', `${'#\n'.repeat(150_000)}{ viewer }`],
      ['spaces', `{ viewer }${' '.repeat(300_000)}`],
      ['line ends', `{ viewer }${'\n'.repeat(300_000)}`],
      ['commas', `{ viewer }${','.repeat(300_000)}`],
      ['a string', `{ guarded(username: ${text}) }`],
      ['a block string', `{ guarded(username: ""${text}"") }`],
      ['a name', `{ ${long} }`],
      ['invalid characters', '\u0000'.repeat(150_000)],
    ])('because of %s is rejected on every transport, before it is parsed', async (_what, query) => {
      for (const transport of transports) {
        // Sockets reject large messages before authentication.
        const token = await server.token();
        const error = firstError(await runOver(server, transport, { query }, token));
        expect([transport, error?.extensions.code]).toEqual([transport, 'TOO_COMPLEX']);
        expect(error?.message).toContain('characters');
      }
      const extensions = { persistedQuery: { version: 1, sha256Hash: 'unknown' } };
      expect(firstError(await runOver(server, 'HTTP', { query, extensions }))?.extensions.code).toBe(
        'TOO_COMPLEX',
      );
    });

    it('is limited by DOCUMENT_LIMITS, also over GET', async () => {
      const strict = await start({ documentLimits: { ...defaultDocumentLimits, characters: 200 } });
      const path = `/graphql?query=${encodeURIComponent(`#${'x'.repeat(200)}\n{ viewer }`)}`;
      const response = await fetch(strict.url + path, { headers: { 'x-graphql-yoga-csrf': '1' } });
      expect(firstError((await response.json()) as Answer)?.extensions.code).toBe('TOO_COMPLEX');
      expect((await runOver(strict, 'HTTP', { query: '{ viewer }' })).data).toEqual({ viewer: null });
    });
  });

  it('nested 10,000 levels deep gets status 400', async () => {
    const query = '{a'.repeat(10_000) + '}'.repeat(10_000);
    const accept = { Accept: 'application/graphql-response+json' };
    expect((await server.graphql({ query }, accept)).status).toBe(400);
  });

  it.each([
    ['an empty batch', []],
    ['a batch', Array.from({ length: 1000 }, () => ({ query: '{ viewer }' }))],
  ])('is the only one in a request: %s is rejected', async (_what, body) => {
    const response = await server.graphql(body);
    expect(response.status).toBe(400);
    expect(firstError((await response.json()) as Answer)?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the schema', () => {
  const request = { query: getIntrospectionQuery() };

  it.each(transports)('is shown over %s as INTROSPECTION permits', async (transport) => {
    const on = await start({ introspection: 'on' });
    expect((await runOver(on, transport, request)).data).toHaveProperty('__schema');

    const signedIn = await start({ introspection: 'signed-in' });
    expect(firstError(await runOver(signedIn, transport, request))?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await runOver(signedIn, transport, request, await signedIn.token())).data).toHaveProperty(
      '__schema',
    );

    const off = await start({ introspection: 'off' });
    const token = await off.token();
    for (const query of [
      '{ __schema { types { name } } }',
      '{ ...f } fragment f on Query { a: __type(name: "Query") { name } }',
    ]) {
      expect(firstError(await runOver(off, transport, { query }, token))?.extensions.code).toBe('FORBIDDEN');
    }
    expect((await runOver(off, transport, { query: '{ __typename }' })).data).toEqual({
      __typename: 'Query',
    });
  });
});

describe('GraphiQL', () => {
  it('is not served while it is off', async () => {
    const server = await start({ graphiql: false });
    const response = await fetch(`${server.url}/graphql`, { headers: { Accept: 'text/html' } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('<');
  });
});

describe('a form on another site', () => {
  it.each([
    ['text/plain', 'application/json'],
    ['application/x-www-form-urlencoded', 'application/json'],
    // Uploads are multipart requests. A form can't send what they need.
    ['multipart/form-data; boundary=x', 'needs a bearer token, an API key, or the header'],
  ])('cannot post an operation as %s', async (type, message) => {
    const server = await start({});
    const response = await server.graphql('query={viewer}', { 'Content-Type': type });
    expect(response.status).toBe(415);
    expect(firstError((await response.json()) as Answer)).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
