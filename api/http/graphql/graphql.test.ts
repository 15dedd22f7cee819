import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { ticks } from '../testing/testSchema.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';
import { examples } from './graphiqlExamples.ts';

const forJson = { Accept: 'application/json' };
const forGraphql = { Accept: 'application/graphql-response+json' };

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ graphqlBodyLimit: 100_000 });
});

afterAll(() => server.stop());

const codeOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return errors[0]?.extensions.code;
};

describe('GraphQL over HTTP', () => {
  it('answers POST, and queries by GET', async () => {
    expect(await (await server.graphql({ query: '{ viewer }' })).json()).toMatchObject({
      data: { viewer: null },
    });
    const got = await fetch(`${server.url}/graphql?query={viewer}`, { headers: forJson });
    expect(await got.json()).toMatchObject({ data: { viewer: null } });
  });

  it.each([
    ['a syntax error', { query: '{' }],
    ['an unknown field', { query: '{ nope }' }],
    ['a variable of the wrong type', { query: 'query ($n: Int) { viewer(n: $n) }', variables: { n: 'x' } }],
    ['an unknown operation', { query: 'query A { viewer }', operationName: 'B' }],
  ])('answers %s with BAD_USER_INPUT: 400, but 200 for application/json', async (_what, body) => {
    const response = await server.graphql(body, forGraphql);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe('BAD_USER_INPUT');
    expect((await server.graphql(body, forJson)).status).toBe(200);
  });

  it.each([
    ['invalid JSON', '{'],
    ['a batch', [{ query: '{ viewer }' }]],
    ['no query', {}],
  ])('answers 400 to %s, whatever the client accepts', async (_what, body) => {
    for (const accept of [forJson, forGraphql]) {
      const response = await server.graphql(body, accept);
      expect(response.status).toBe(400);
      expect(await codeOf(response)).toBe('BAD_USER_INPUT');
    }
  });

  it('answers 400 to variables in the URL that are not JSON', async () => {
    const response = await fetch(`${server.url}/graphql?query={viewer}&variables={`, { headers: forJson });
    expect(response.status).toBe(400);
  });

  it('answers 413 to a body that is too large, with or without Content-Length', async () => {
    const body = JSON.stringify({ query: '{ viewer }', variables: { filler: 'x'.repeat(100_000) } });
    expect((await server.graphql(body)).status).toBe(413);
    const unannounced = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(unannounced.status).toBe(413);
  });

  it('answers 405 to a mutation by GET', async () => {
    expect((await fetch(`${server.url}/graphql?query=mutation{signOut}`, { headers: forJson })).status).toBe(
      405,
    );
  });

  it('rejects documents that are too deep or too long', async () => {
    const deep = await server.graphql({ query: '{a'.repeat(20_000) }, forGraphql);
    expect([deep.status, await codeOf(deep)]).toEqual([400, 'TOO_COMPLEX']);
    const long = await server.graphql({ query: `{${'viewer '.repeat(8001)}}` }, forGraphql);
    expect([long.status, await codeOf(long)]).toEqual([400, 'TOO_COMPLEX']);
  });
});

describe('errors', () => {
  it('that are expected have their code and details, with status 200 beside the data', async () => {
    const response = await server.graphql({ query: '{ slowed }' }, forGraphql);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      data: { slowed: null },
      errors: [{ message: 'Slower.', path: ['slowed'], extensions: { code: 'RATE_LIMITED', retryAfter: 3 } }],
    });
  });

  it.each(['{ broken }', '{ needed }'])(
    'that are unexpected are masked in %s, and logged with the request id',
    async (query) => {
      const requestId = `test-${query.replace(/\W/g, '')}`;
      const response = await server.graphql({ query }, { 'X-Request-Id': requestId });
      const text = await response.text();
      expect(text).not.toContain('hunter2');
      expect(JSON.parse(text).errors[0]).toMatchObject({
        message: `Something went wrong. Request id: ${requestId}`,
        extensions: { code: 'INTERNAL', requestId },
      });
      expect(server.logged).toContainEqual(
        expect.objectContaining({
          requestId,
          msg: 'request: unexpected error',
          err: expect.objectContaining({ stack: expect.any(String) }),
        }),
      );
    },
  );
});

describe('streams over HTTP', () => {
  const read = async (query: string, headers = {}) =>
    (await server.graphql({ query }, { Accept: 'text/event-stream', ...headers })).text();

  it('start at once, and tell proxies not to buffer them', async () => {
    const headers = { Accept: 'text/event-stream' };
    const { body, headers: received } = await server.graphql({ query: 'subscription { ticks }' }, headers);
    expect(received.get('x-accel-buffering')).toBe('no');
    expect(received.get('cache-control')).toBe('no-store');
    expect(received.has('content-encoding')).toBe(false);
    const reader = body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(':\n\n');
    await reader?.cancel();
  });

  it('mask unexpected errors', async () => {
    const events = await read('subscription { broken }');
    expect(events).toContain('{"data":{"broken":"first"}');
    expect(events).toContain('"code":"INTERNAL"');
    expect(events).toContain('event: complete');
    expect(events).not.toContain('hunter2');
  });

  it('reject a subscription without permission', async () => {
    expect(await read('subscription { guarded }')).toContain('"code":"UNAUTHENTICATED"');
  });

  it('end with their session, and unsubscribe from the source', async () => {
    const token = await server.token();
    const [opened, closed] = [once(ticks, 'opened'), once(ticks, 'closed')];
    const stream = read('subscription { guarded }', { Authorization: `Bearer ${token}` });
    const dropped = expect(stream).rejects.toThrow();
    await opened;
    const viewer = await server.accounts.verifySessionToken(token);
    await server.accounts.signOut(viewer?.sessionId ?? '');
    await dropped;
    await closed;
    expect(server.accounts.revocationListenerCount()).toBe(0);
  });
});

describe('GraphiQL', () => {
  const open = (headers = {}) =>
    fetch(`${server.url}/graphql`, { headers: { Accept: 'text/html', ...headers } });

  it('is one self-contained page that runs only its own script', async () => {
    const response = await open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const html = await response.text();
    expect(html).toContain('<title>GraphiQL · Ziggie</title>');
    expect(html.slice(0, 300)).not.toMatch(/https?:/);
    expect(html).not.toMatch(/<(?:script|link)[^>]*(?:src|href)="(?:https?:)?\/\//);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toMatch(/script-src 'sha256-[\w+/=]+' blob:;/);
    expect(policy).not.toContain('unsafe-eval');
    // The first request compresses ten megabytes.
  }, 60_000);

  it('answers 304 to a browser that has it cached', async () => {
    const first = await open();
    // An unread body would keep its connection open, and so this test's process.
    await first.body?.cancel();
    const tag = first.headers.get('etag') ?? '';
    expect((await open({ 'If-None-Match': tag })).status).toBe(304);
  });

  it('opens with examples that are valid in the schema', () => {
    const schema = buildSchema(
      readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'),
    );
    expect(validate(schema, parse(examples.query))).toEqual([]);
    expect(Object.keys(JSON.parse(examples.variables))).toEqual(['input', 'id']);
  });
});
