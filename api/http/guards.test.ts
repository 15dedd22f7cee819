import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { defaultDocumentLimits } from '../documentLimits.ts';
import type { HttpServerDeps } from './server.ts';
import { startTestServer, type TestServer } from './testServer.ts';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

type Request = Readonly<Record<string, unknown>>;

/** The ways in that an operation can take. */
const ways = ['HTTP', 'SSE', 'a socket'] as const;

const ask = async (server: TestServer, way: (typeof ways)[number], request: Request, token?: string) => {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  if (way === 'HTTP') return (await server.graphql(request, headers)).json() as Promise<Answer>;
  if (way === 'SSE') {
    const events = await (await server.graphql(request, { ...headers, Accept: 'text/event-stream' })).text();
    return JSON.parse(/^data: (\{.+)$/m.exec(events)?.[1] ?? 'null') as Answer;
  }
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

const firstError = ({ errors }: Answer) => errors?.[0];
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const byId = (id: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } });

const running: TestServer[] = [];
const start = async (options: Partial<Omit<HttpServerDeps, 'schema'>>) => {
  const server = await startTestServer(options);
  running.push(server);
  return server;
};
afterAll(() => Promise.all(running.map((server) => server.stop())));

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

describe('known documents', () => {
  const own = '{ requestId }';
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-documents-'));
    file = join(folder, 'documents.json');
    await writeFile(file, JSON.stringify({ 'an id': own }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each(ways)('over %s', (way) => {
    it('are answered by their id, also where others are refused', async () => {
      for (const only of [true, false]) {
        const server = await start({ persisted: { files: [file], only } });
        expect((await ask(server, way, byId('an id'))).data).toEqual({ requestId: expect.any(String) });
      }
    });

    it('are asked for in full where the id is not known', async () => {
      const server = await start({ persisted: { files: [], only: false } });
      expect(firstError(await ask(server, way, byId('another id')))).toMatchObject({
        message: expect.stringContaining('Send its text'),
        extensions: { code: 'NOT_FOUND', documentId: 'another id' },
      });
      const inFull = { query: own, ...byId('another id') };
      expect((await ask(server, way, inFull)).data).toEqual({ requestId: expect.any(String) });
    });

    it('are all that is answered with PERSISTED_ONLY', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      for (const request of [{ query: '{ viewer }' }, { query: '{ viewer }', ...byId('another id') }]) {
        expect(firstError(await ask(server, way, request))).toMatchObject({
          message: expect.stringContaining('PERSISTED_DOCUMENTS'),
          extensions: { code: 'FORBIDDEN' },
        });
      }
      expect((await ask(server, way, { query: own })).data).toEqual({ requestId: expect.any(String) });
    });

    it('can not be slipped in under the id of another', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      const answer = await ask(server, way, { query: '{ viewer }', ...byId('an id') });
      expect(answer.data).toEqual({ requestId: expect.any(String) });
    });
  });

  it("are the web app's without a word", async () => {
    const text = await readFile(new URL('../../schema/persisted.json', import.meta.url), 'utf8');
    const server = await start({ persisted: { files: [], only: true } });
    const [id = ''] = Object.keys(JSON.parse(text));
    // The small schema of this test has none of their fields, which is said once the text is found.
    expect(firstError(await ask(server, 'HTTP', byId(id)))?.extensions.code).toBe('BAD_USER_INPUT');
    expect(hash(JSON.parse(text)[id])).toBe(id);
  });

  it('are found by GET too, and an id that is none is bad input', async () => {
    const server = await start({ persisted: { files: [file], only: true } });
    const get = (extensions: object) =>
      fetch(`${server.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`, {
        headers: { Accept: 'application/graphql-response+json' },
      });
    expect(await (await get(byId('an id').extensions)).json()).toMatchObject({
      data: { requestId: expect.any(String) },
    });
    const wrong = await get({ persistedQuery: { sha256Hash: 7 } });
    expect(wrong.status).toBe(400);
  });

  it.each([
    ['is not there', null],
    ['is no JSON', 'x'],
    ['maps to something else', '{"id": 1}'],
  ])('in a file that %s keep the server from starting, in words', async (_what, content) => {
    const path = join(folder, 'broken.json');
    await rm(path, { force: true });
    if (content !== null) await writeFile(path, content);
    await expect(start({ persisted: { files: [path], only: false } })).rejects.toThrow(
      /broken\.json can't be read/,
    );
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
      const server = running[0] ?? (await start({}));
      const response = await server.graphql('query={viewer}', { 'Content-Type': type });
      expect(response.status).toBe(415);
      expect(firstError((await response.json()) as Answer)).toMatchObject({
        message: expect.stringContaining('application/json'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
  );
});
