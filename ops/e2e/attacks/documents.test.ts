import { getIntrospectionQuery } from 'graphql';
import WebSocket from 'ws';
import type { GraphQLAnswer } from '../harness/client.ts';
import { startTarget, type Target } from '../harness/target.ts';

/** The maximum duration of a hostile request, in milliseconds. Longer ones would block other requests. */
const maxMs = 2000;

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

const deep = (levels: number) => `${'{ a '.repeat(levels)}${'}'.repeat(levels)}`;

const attacks: Readonly<Record<string, string>> = {
  '1,000 aliases': `{ ${many(1000, (at) => `a${at}: viewer { id }`)} }`,
  '1,000 aliases of __typename': `{ ${many(1000, (at) => `a${at}: __typename`)} }`,
  'depth 100': deep(100),
  'depth 10,000': deep(10_000),
  '10,000 nested lists': `{ nodes(ids: ${'['.repeat(10_000)}`,
  'depth 30, of existing fields': `query { node(id: "x") { ... on Message { parent { ${'parent { '.repeat(28)} id ${'}'.repeat(31)} }`,
  '10,000 directives': `{ viewer ${many(10_000, () => '@include(if: true)')} { id } }`,
  '500 directives': `{ viewer ${many(500, () => '@include(if: true)')} { id } }`,
  '450 fragments in a cycle': `{ ...f0 } ${many(450, (at) => `fragment f${at} on Query { ...f${(at + 1) % 450} }`)}`,
  'fragments that double 40 times': `{ ...f0 } ${many(40, (at) => `fragment f${at} on Query { ${at < 39 ? `...f${at + 1} ...f${at + 1}` : 'viewer { id }'} }`)}`,
  'pages of pages of pages': `{ conversations(first: 100) { edges { node { messages(first: 100) { edges { node {
    siblings { siblings { siblings { id } } } } } } } } } }`,
};

describe('a document', () => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget();
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  const post = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${target.server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        authorization: `Bearer ${target.mallory.token}`,
        ...headers,
      },
      body,
    });

  const codes = ({ errors = [] }: GraphQLAnswer<unknown>) => errors.map(({ extensions }) => extensions?.code);

  const within = async <Result>(attack: () => Promise<Result>): Promise<Result> => {
    const from = performance.now();
    const result = await attack();
    expect(performance.now() - from).toBeLessThan(maxMs);
    return result;
  };

  it.each(Object.entries(attacks))('with %s is rejected over HTTP, SSE and sockets', async (_name, query) => {
    const response = await within(() => post(JSON.stringify({ query })));
    expect(response.status).toBe(400);
    expect(codes(await response.json())).toEqual(['TOO_COMPLEX']);

    const events = await within(() => post(JSON.stringify({ query }), { accept: 'text/event-stream' }));
    expect(await events.text()).toContain('"code":"TOO_COMPLEX"');

    const onSocket = within(() => target.mallory.subscribe(query).next());
    await expect(onSocket).rejects.toThrow('TOO_COMPLEX');
  });

  it('with a cycle of fragments is rejected', async () => {
    const query = '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }';
    const response = await post(JSON.stringify({ query }));
    expect(response.status).toBe(400);
    expect(codes(await response.json())).toEqual(['BAD_USER_INPUT']);
    await expect(target.mallory.subscribe(query).next()).rejects.toThrow('Cannot spread fragment');
  });

  it.each([
    [
      'a batch of 1,000',
      JSON.stringify(Array.from({ length: 1000 }, () => ({ query: '{ viewer { id } }' }))),
    ],
    ['an empty batch', '[]'],
  ])('in %s is rejected', async (_name, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(codes(await response.json())).toEqual(['BAD_USER_INPUT']);
  });

  it('in a body of 50 MB is rejected with 413 before the body is read completely', async () => {
    const body = JSON.stringify({
      query: '{ viewer { id } }',
      variables: { filler: 'x'.repeat(50_000_000) },
    });
    // The server may close the connection while the client still sends; that is a rejection too.
    const response = await post(body).catch(() => null);
    if (response) {
      expect(response.status).toBe(413);
      expect(codes(await response.json())).toEqual(['BAD_USER_INPUT']);
    }
    const path = `${target.server.url}/v1/chat/completions`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${target.mallory.token}` };
    const rest = await fetch(path, { method: 'POST', headers, body }).catch(() => null);
    if (rest) expect(rest.status).toBe(413);
    expect((await target.mallory.query('{ viewer { username } }')).data).toEqual({
      viewer: { username: 'mallory' },
    });
  }, 60_000);

  it('with a variable of 5 MB is rejected with 413 over HTTP, and closes a socket', async () => {
    const query =
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }';
    const response = await post(JSON.stringify({ query, variables: { prompt: 'x'.repeat(5_000_000) } }));
    expect(response.status).toBe(413);

    const url = `${target.server.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws');
    const closed = Promise.withResolvers<number>();
    socket.on('close', closed.resolve);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'ping', payload: 'x'.repeat(5_000_000) })));
    expect(await closed.promise).toBe(1009);
  });

  it('with a prompt of two million characters is rejected before it reaches the engine, by GraphQL and REST', async () => {
    const prompt = 'x '.repeat(1_000_000);
    const query =
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }';
    const answer = await within(() => target.mallory.query(query, { prompt }));
    expect(codes(answer)).toEqual(['PROMPT_TOO_LARGE']);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${target.mallory.token}` };
    for (const [path, body, status] of [
      ['/api/llm/generate', { model: 'stand-in', prompt }, 413],
      // OpenAI's clients know the status 400.
      ['/v1/chat/completions', { model: 'stand-in', messages: [{ role: 'user', content: prompt }] }, 400],
    ] as const) {
      const request = { method: 'POST', headers, body: JSON.stringify(body) };
      expect((await fetch(`${target.server.url}${path}`, request)).status).toBe(status);
    }
    expect(target.engine.chats).toEqual([]);
  });

  it('with JSON nested 100,000 deep in a variable is rejected', async () => {
    const query =
      'mutation ($format: JSON) { generate(input: { prompt: "x", format: $format }) { generation { id } } }';
    const format = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const response = await post(`{"query":${JSON.stringify(query)},"variables":{"format":${format}}}`);
    expect(response.status).toBe(400);
    expect(codes(await response.json())).toEqual(['TOO_COMPLEX']);
  });

  it('with 101 ids for nodes is rejected', async () => {
    const { viewer } = await target.mallory.data<{ viewer: { id: string } }>('{ viewer { id } }');
    const ids = Array.from({ length: 101 }, () => viewer.id);
    const answer = await target.mallory.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
  });

  it('that queries the schema is rejected for anonymous callers, and executed for users', async () => {
    const query = getIntrospectionQuery();
    const anonymous = await fetch(`${target.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(anonymous.status).toBe(401);
    expect(codes(await anonymous.json())).toEqual(['UNAUTHENTICATED']);
    expect((await target.mallory.query(query)).data).toHaveProperty('__schema');
  });
});

describe('a page of another site', () => {
  let target: Target;
  let cookie: string;
  beforeAll(async () => {
    target = await startTarget({ CORS_ORIGINS: 'https://trusted.example' });
    const signedIn = await fetch(`${target.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: target.server.url },
      body: JSON.stringify({
        query: 'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }',
        variables: { input: { username: 'alice', password: target.password } },
      }),
    });
    cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  const viewerQuery = '{ viewer { username } }';
  const post = (headers: Readonly<Record<string, string>>) =>
    fetch(`${target.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
      body: JSON.stringify({ query: viewerQuery }),
    });

  it('can’t act with the cookie over HTTP', async () => {
    expect(await (await post({ origin: target.server.url })).json()).toMatchObject({
      data: { viewer: { username: 'alice' } },
    });
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await post(headers as unknown as Record<string, string>);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
    const path = `/graphql?query=${encodeURIComponent(viewerQuery)}`;
    const headers = { cookie, origin: 'https://evil.example', accept: 'application/json' };
    const response = await fetch(target.server.url + path, { headers });
    expect(await response.json()).toMatchObject({ data: { viewer: null } });
  });

  it('can’t act with the cookie on a socket', async () => {
    const url = `${target.server.url.replace('http', 'ws')}/graphql`;
    const headers = { cookie, origin: 'https://evil.example' };
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    const closed = Promise.withResolvers<number>();
    socket.on('close', closed.resolve);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    expect(await closed.promise).toBe(4403);
  });

  it('can’t read a response unless its origin is allowed', async () => {
    const allowed = async (origin: string) =>
      (await post({ origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://evil.example')).toBeNull();
    expect(await allowed('null')).toBeNull();
    expect(await allowed('https://trusted.example')).toBe('https://trusted.example');
    const preflight = await fetch(`${target.server.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toBeNull();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'can’t post a form as %s, even without an Origin header',
    async (type) => {
      expect((await post({ 'content-type': type })).status).toBe(415);
    },
  );
});
