import { request } from 'node:http';
import { password, startTestServer, type TestServer } from '../testing/testServer.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });

const login = (username: string, secret: string) =>
  post('/api/auth/login', JSON.stringify({ username, password: secret }));

describe('POST /api/auth/login', () => {
  it('answers with a bearer token', async () => {
    const response = await login('Admin', password);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 2592000 });
    const who = await server.graphql(
      { query: '{ viewer }' },
      { Authorization: `Bearer ${answer.access_token}` },
    );
    expect(await who.json()).toMatchObject({ data: { viewer: 'admin' } });
  });

  it('answers 429 with Retry-After after failures', async () => {
    for (let i = 0; i < 5; i += 1) {
      const response = await login('somebody', 'wrong');
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ detail: 'The user name or the password is wrong.' });
    }
    const response = await login('somebody', 'wrong');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({ detail: 'Too many failed sign-ins. Try again in 1 s.' });
  });

  it('does not log the password', () => {
    expect(JSON.stringify(server.logged)).not.toContain(password);
  });

  it.each([
    ['not JSON', '{', 400, 'The body is not valid JSON.'],
    ['a list', '[]', 400, 'The body must be an object.'],
    ['without a field', '{"username": "admin"}', 400, 'password is missing.'],
    ['with a field of another kind', '{"username": 1, "password": "x"}', 400, 'username must be a string.'],
    [
      'with an empty field',
      '{"username": "admin", "password": ""}',
      400,
      'password must have at least 1 character.',
    ],
    [
      'too large',
      `"${'x'.repeat(20_000)}"`,
      413,
      'The body is too large: the limit here is 16384 bytes. Send less.',
    ],
  ])('names the error of a body that is %s', async (_what, body, status, detail) => {
    const response = await post('/api/auth/login', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ detail });
  });

  it('requires the content type of JSON, which no form can send', async () => {
    const response = await fetch(`${server.url}/api/auth/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin' }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ detail: 'Send JSON, with Content-Type: application/json.' });
  });
});

describe('POST /api/auth/logout', () => {
  it('ends the session of its token', async () => {
    const token = await server.token();
    expect((await post('/api/auth/logout', '', { Authorization: `Bearer ${token}` })).status).toBe(204);
    const again = await post('/api/auth/logout', '', { Authorization: `Bearer ${token}` });
    expect(again.status).toBe(401);
    expect(again.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('health', () => {
  const read = async (path: string) => {
    const response = await fetch(server.url + path);
    return [response.status, await response.json()];
  };

  it('is live, and ready while the store and the engine are ready', async () => {
    expect(await read('/health/live')).toEqual([200, { status: 'live' }]);
    expect(await read('/health/startup')).toEqual([
      200,
      {
        status: 'started',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
        checks: (await read('/health/ready'))[1].checks,
      },
    ]);
    expect(await read('/health/ready')).toMatchObject([
      200,
      { status: 'ready', checks: { store: { status: 'ok' }, engine: { status: 'ok' } } },
    ]);
    expect(await read('/api/llm/status')).toEqual([
      200,
      { status: 'healthy', ollama_connected: false, models_available: 1 },
    ]);
  });

  it('is degraded without an engine, since history can be read, and says so', async () => {
    const before = server.engineHealth;
    const sinceOf = async () => (await read('/health/ready'))[1].checks.engine.since as string;
    const readySince = await sinceOf();
    expect(await sinceOf()).toBe(readySince);
    server.engineHealth = { ...before, kind: 'none', state: 'unavailable', message: 'There is no model.' };
    expect(await read('/health/ready')).toMatchObject([
      200,
      { status: 'degraded', checks: { engine: { status: 'down', message: 'There is no model.' } } },
    ]);
    expect(await read('/api/llm/status')).toEqual([
      200,
      {
        status: 'unhealthy',
        ollama_connected: false,
        models_available: 0,
        error: expect.stringMatching(/^No language model is available/),
      },
    ]);
    // The start stays complete, and says since when the engine is down.
    expect(await read('/health/startup')).toMatchObject([
      200,
      { status: 'started', checks: { engine: { status: 'down' } } },
    ]);
    expect(Date.parse(await sinceOf())).toBeGreaterThan(Date.parse(readySince));
    server.engineHealth = before;
  });
});

describe('every response', () => {
  it('has a request id: the valid one that the client sent, or else a new one', async () => {
    const idOf = async (given: string) =>
      (await fetch(`${server.url}/health/live`, { headers: { 'X-Request-Id': given } })).headers.get(
        'x-request-id',
      );
    expect(await idOf('trace-0123')).toBe('trace-0123');
    expect(await idOf('a b"<script>')).toMatch(/^[0-9A-Z]{26}$/);
    expect(await idOf('x'.repeat(200))).toMatch(/^[0-9A-Z]{26}$/);
  });

  it('is logged with the request id, without the query', async () => {
    const closed = server.logged.length;
    await fetch(`${server.url}/api/nope?token=secret`, { headers: { 'X-Request-Id': 'logged-0001' } });
    const line = server.logged.slice(closed).find(({ requestId }) => requestId === 'logged-0001');
    expect(line).toMatchObject({ method: 'GET', path: '/api/nope', status: 404, ms: expect.any(Number) });
  });

  it('has the code of its error in a header', async () => {
    expect((await fetch(`${server.url}/api/nope`)).headers.get('x-error-code')).toBe('NOT_FOUND');
    expect((await fetch(`${server.url}/health/live`)).headers.get('x-error-code')).toBeNull();
  });

  it('has security headers', async () => {
    const { headers } = await fetch(`${server.url}/health/live`);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });
});

describe('a request that no route handles', () => {
  it.each<[string, (message: string) => object]>([
    ['/health/nope', (detail) => ({ detail })],
    ['/api/auth/nope', (detail) => ({ detail })],
    ['/api/nope', (detail) => ({ detail, error: detail })],
    ['/api/tags/nope', (error) => ({ error })],
  ])('gets a JSON error at %s, in the format of its API', async (path, shape) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(404);
    const message: string = expect.stringContaining(`There is nothing at ${path}.`);
    expect(await response.json()).toEqual(shape(message));
  });

  it.each([
    [
      '/v1/v1/chat/completions',
      'The base URL for clients of OpenAI ends with HOST/v1, and clients add the rest.',
    ],
    ['/v1/api/chat', 'The base URL for clients of Ollama ends with HOST, without /v1.'],
    ['/v1/tags', 'The base URL for clients of Ollama ends with HOST, without /v1.'],
    ['/api/api/chat', 'The base URL for clients of Ollama ends with HOST, without /api.'],
    ['/api/v1/chat/completions', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/api/chat/completions', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/api/llm/chat/completions', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/openai/v1/chat/completions', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/chat/completions', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/responses', 'The base URL for clients of OpenAI ends with HOST/v1.'],
    ['/v1//chat/completions', 'It has two slashes in a row: leave out the slash at the end of the base URL.'],
    ['//api/chat', 'It has two slashes in a row: leave out the slash at the end of the base URL.'],
    ['/v1/chat/completions/', 'Leave out the slash at its end.'],
    ['/api/chat/', 'Leave out the slash at its end.'],
    ['/api', 'The base URL for clients of Ollama ends with HOST, without /api; '],
    ['/v1/fine_tuning/jobs', "Of OpenAI's API, this server has "],
    ['/v1', "Of OpenAI's API, this server has "],
    ['/api/nope', "Of Ollama's API, this server has "],
  ])('names the right base URL for POST %s', async (path, advice) => {
    const response = await post(path, '{}');
    expect(response.status).toBe(404);
    const body = (await response.json()) as { error: string | { message: string } };
    const message = typeof body.error === 'string' ? body.error : body.error.message;
    expect(message).toContain(
      `There is nothing at ${path}. ${advice.replace('HOST', new URL(server.url).host)}`,
    );
  });

  it("names the right base URL to OpenAI's client at the page of the models, which browsers still get", async () => {
    const asClient = await fetch(`${server.url}/models`, { headers: { Accept: 'application/json' } });
    expect(asClient.status).toBe(404);
    expect(await asClient.json()).toMatchObject({ error: { message: expect.stringContaining('/v1') } });
    const asBrowser = await fetch(`${server.url}/models`, {
      headers: { Accept: 'text/html,application/json' },
    });
    expect(asBrowser.headers.get('content-type')).toContain('text/html');
  });

  it('gets 405 with the allowed methods', async () => {
    const response = await fetch(`${server.url}/api/auth/login`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect((await fetch(`${server.url}/health/live`, { method: 'HEAD' })).status).toBe(200);
  });

  it('gets 400 for an invalid Host header', async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const { hostname, port } = new URL(server.url);
    request(
      { hostname, port, path: '/graphql', headers: { Host: '[', Accept: 'application/json' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    ).end();
    expect(await promise).toBe(400);
  });
});
