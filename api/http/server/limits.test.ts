import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { eventually } from '../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

interface Answer {
  readonly data?: { readonly generate?: { readonly generation: { readonly id: string } } } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly retryAfter?: number };
  }[];
}

describe('limits on the running server', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const generate = async (prompt = 'Hello.') => {
    const query = `mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }`;
    const response = await app.post('/graphql', { query, variables: { prompt } });
    return { response, answer: (await response.json()) as Answer };
  };
  const conversations = async () => {
    const response = await app.post('/graphql', {
      query: '{ conversations(first: 20) { edges { node { id } } } }',
    });
    const { data } = (await response.json()) as { data: { conversations: { edges: unknown[] } } };
    return data.conversations.edges.length;
  };
  const ended = async (id: string) =>
    (
      await app.post(
        '/graphql',
        { query: `subscription { generation(id: "${id}") { status } }` },
        {
          headers: {
            Authorization: `Bearer ${app.token}`,
            'Content-Type': 'application/json',
            Accept: 'text/event-stream',
          },
        },
      )
    ).text();

  it('reject a generation above RATE_LIMIT on every request surface, and store nothing of it', async () => {
    app = await startTestApp({ env: { RATE_LIMIT: '3/1m' } });
    for (let count = 0; count < 3; count += 1) expect((await generate()).answer.errors).toBeUndefined();
    const { answer } = await generate();
    const [error] = answer.errors ?? [];
    expect(error?.extensions.code).toBe('RATE_LIMITED');
    expect(error?.extensions.retryAfter).toBeGreaterThan(0);
    expect(Number.isInteger(error?.extensions.retryAfter)).toBe(true);
    expect(error?.message).toMatch(
      /^You have asked for too many answers: 3 in 1 min are allowed\. Try again in \d+ s\.$/,
    );
    expect(await conversations()).toBe(3);

    const body = { model: 'stand-in', messages: [{ role: 'user', content: 'Hello.' }], stream: false };
    for (const path of ['/api/llm/chat', '/v1/chat/completions']) {
      const response = await app.post(path, body);
      expect([path, response.status]).toEqual([path, 429]);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('reject a generation above RUNNING_LIMIT until another has ended', async () => {
    app = await startTestApp({ env: { RUNNING_LIMIT: '1' } });
    app.standin.play({ tokens: ['a ', 'b ', 'c'], tokensPerSecond: 10 });
    const first = await generate();
    const second = await generate();
    expect(second.answer.errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    expect(second.answer.errors?.[0]?.message).toContain('in progress for you already');
    await ended(first.answer.data?.generate?.generation.id ?? '');
    expect((await generate()).answer.errors).toBeUndefined();
  });

  it('admit exactly RUNNING_LIMIT of ten concurrent requests, per user session and per API key', async () => {
    app = await startTestApp({ env: { RUNNING_LIMIT: '2' } });
    app.standin.play({ tokens: ['a ', 'b ', 'c'], tokensPerSecond: 2 });
    const keyOf = async (name: string) => {
      const query = `mutation { createApiKey(input: { name: "${name}", scopes: [CHAT] }) { secret } }`;
      const { data } = await (await app.post('/graphql', { query })).json();
      return data.createApiKey.secret as string;
    };
    const bearers = [app.token, await keyOf('one'), await keyOf('other')];
    const body = { model: 'stand-in', messages: [{ role: 'user', content: 'Hello.' }], stream: true };
    const ask = async (bearer: string) => {
      const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' };
      const response = await app.post('/v1/chat/completions', body, { headers });
      return { status: response.status, text: await response.text() };
    };
    const answers = await Promise.all(
      bearers.map((bearer) => Promise.all(Array.from({ length: 10 }, () => ask(bearer)))),
    );
    for (const of of answers) {
      expect(of.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(8).fill(429)]);
    }
    expect(answers[0]?.find(({ status }) => status === 429)?.text).toContain('in progress for you already');
    expect(answers[1]?.find(({ status }) => status === 429)?.text).toContain('for this API key already');
    // Ended generations free their slots.
    expect((await ask(bearers[0] ?? '')).status).toBe(200);
  });

  it('hold no running slot for a generation that another limit rejects', async () => {
    app = await startTestApp({ env: { RUNNING_LIMIT: '1', RATE_LIMIT: '1/1s' } });
    await ended((await generate()).answer.data?.generate?.generation.id ?? '');
    const until = performance.now() + 5000;
    let answer: Answer | null = null;
    do {
      expect(performance.now()).toBeLessThan(until);
      ({ answer } = await generate());
      expect(answer.errors?.[0]?.message ?? '').not.toContain('in progress');
    } while (answer.errors);
  });

  it('send RateLimit headers with each request, and 429 with Retry-After above REQUEST_LIMIT', async () => {
    app = await startTestApp({ env: { REQUEST_LIMIT: '5/1m' } });
    const ask = () => app.post('/graphql', { query: '{ viewer { id } }' });
    for (let left = 4; left >= 0; left -= 1) {
      const { status, headers } = await ask();
      expect([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([
        200,
        '5',
        String(left),
      ]);
      expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    }
    const rejected = await ask();
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(rejected.headers.get('ratelimit-remaining')).toBe('0');
    expect(((await rejected.json()) as Answer).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    const openai = await app.get('/v1/models');
    expect([openai.status, await openai.json()]).toEqual([
      429,
      { error: expect.objectContaining({ type: 'rate_limit_error', code: 'rate_limit_exceeded' }) },
    ]);
    expect((await app.get('/health/live')).status).toBe(200);
  });

  it('audit a generation that is rejected before its service is called', async () => {
    app = await startTestApp({ env: { RATE_LIMIT: '1/1m' } });
    await generate();
    for (let count = 0; count < 2; count += 1) await generate();
    const query = '{ auditLog(first: 50) { edges { node { action outcome username } } } }';
    type Listed = {
      readonly auditLog: { readonly edges: readonly { readonly node: { readonly outcome: string } }[] };
    };
    const events = await eventually(
      async () => (await app.graphql<Listed>(query)).data?.auditLog.edges.map(({ node }) => node) ?? [],
      (found) => found.some(({ outcome }) => outcome === 'RATE_LIMITED'),
    );
    expect(events).toContainEqual({ action: 'GENERATE', outcome: 'RATE_LIMITED', username: 'admin' });
  });

  it('apply to operations on sockets, subscriptions included, without closing them', async () => {
    app = await startTestApp({ env: { REQUEST_LIMIT: '3/1m' } });
    const client = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${app.token}` },
      retryAttempts: 0,
    });
    const ask = async (query: string) => {
      for await (const result of client.iterate({ query })) return result;
      return null;
    };
    for (let count = 0; count < 3; count += 1)
      expect((await ask('{ viewer { id } }'))?.errors).toBeUndefined();
    for (const query of ['{ viewer { id } }', 'subscription { conversationChanged { kind } }']) {
      await expect(ask(query)).rejects.toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    }
    await client.dispose();
  });

  it('count anonymous requests by address, apart from requests of users', async () => {
    app = await startTestApp({ env: { ADDRESS_LIMIT: '2/1m' } });
    const anonymous = () =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"query":"{ health { status } }"}',
      });
    expect([(await anonymous()).status, (await anonymous()).status, (await anonymous()).status]).toEqual([
      200, 200, 429,
    ]);
    const signedIn = await app.post('/graphql', { query: '{ viewer { id } }' });
    expect(signedIn.status).toBe(200);
    const broken = await fetch(`${app.url}/v1/models`, { headers: { Authorization: 'Bearer nonsense' } });
    expect(broken.status).toBe(429);
  });
});
