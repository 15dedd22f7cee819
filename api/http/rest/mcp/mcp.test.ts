import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eventually } from '../../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

interface Result {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

describe('the Model Context Protocol', () => {
  let app: TestApp;
  const clients: Client[] = [];
  beforeAll(async () => {
    app = await startTestApp({ env: { REQUEST_LIMIT: 'VIEWER=3/1m', CALLER_LIMITS: 'userStreams=2' } });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await app.stop();
  });

  const connect = async (token = app.token): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1' });
    clients.push(client);
    const headers = { Authorization: `Bearer ${token}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${app.url}/mcp`), { requestInit: { headers } }),
    );
    return client;
  };
  const call = async (client: Client, name: string, input: object = {}): Promise<Result> =>
    (await client.callTool({ name, arguments: { ...input } })) as Result;
  const keyFor = async (...scopes: string[]): Promise<string> => {
    const { data } = await app.graphql<{ createApiKey: { secret: string } }>(
      'mutation ($scopes: [ApiKeyScope!]!) { createApiKey(input: { name: "mcp", scopes: $scopes }) { secret } }',
      { scopes },
    );
    return data?.createApiKey.secret ?? '';
  };

  it('lists the tools with their schemas, to the official client', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_models',
      'ask',
      'search_messages',
      'list_presets',
      'run_preset',
    ]);
    expect(tools.find(({ name }) => name === 'ask')?.inputSchema).toMatchObject({
      type: 'object',
      required: ['prompt'],
      properties: { prompt: { type: 'string' } },
    });
    expect((await call(client, 'list_models')).structuredContent).toEqual({ models: ['stand-in:latest'] });
  });

  it('asks a model, by an API key', async () => {
    app.standin.play({ tokens: ['It is ', '4.'] });
    const client = await connect(await keyFor('CHAT'));
    const asked = { prompt: 'What is 2+2?', system: 'Be brief.', max_tokens: 9 };
    expect(await call(client, 'ask', asked)).toMatchObject({ content: [{ type: 'text', text: 'It is 4.' }] });
    expect(app.standin.chats.at(-1)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 2+2?' },
      ],
      options: { num_predict: 9 },
    });
  });

  it('runs a preset, and tells its result and its errors', async () => {
    const client = await connect();
    const { structuredContent } = await call(client, 'list_presets', { search: 'error' });
    expect(JSON.stringify(structuredContent)).toContain('error-explanation');
    app.standin.play({ tokens: ['no JSON'] });
    const failed = await call(client, 'run_preset', {
      name: 'error-explanation',
      variables: { log: 'TypeError' },
    });
    expect(failed.isError).toBe(true);
    expect(failed.content[0]?.text).toMatch(/^OUTPUT_INVALID: [\s\S]*no JSON$/);
    expect((await call(client, 'run_preset', { name: 'none' })).content[0]?.text).toMatch(/^NOT_FOUND: /);
  });

  it("searches the caller's messages, and nobody else's", async () => {
    app.standin.play({ tokens: ['The lighthouse is from 1871.'] });
    const { token } = await app.signUp('mia', 'MEMBER');
    await app.graphql(
      'mutation { generate(input: { prompt: "The xylophone" }) { generation { id } } }',
      {},
      token,
    );
    const own = await call(await connect(token), 'search_messages', { words: 'xylo' });
    expect(own.structuredContent).toMatchObject({
      messages: [{ role: 'USER', content: 'The xylophone', snippet: 'The xylophone' }],
      hasMore: false,
    });
    const other = await call(await connect(), 'search_messages', { words: 'xylo' });
    expect(other.structuredContent).toEqual({ messages: [], hasMore: false });
  });

  it('tells a client that asks for it how long a call takes, and keeps proxies from buffering that', async () => {
    app.standin.play({ tokens: ['Slow.', ' Done.'], tokensPerSecond: 0.8 });
    const client = await connect();
    const seconds: number[] = [];
    const ask = { name: 'ask', arguments: { prompt: 'x' } };
    const answer = (await client.callTool(ask, {
      onprogress: ({ progress }) => seconds.push(progress),
    })) as Result;
    expect(answer.content[0]?.text).toBe('Slow. Done.');
    // More on a slow machine.
    expect(seconds[0]).toBe(2);
    const params = { ...ask, _meta: { progressToken: 1 } };
    const stream = await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, app.token);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(await stream.text()).toContain('notifications/progress');
  });

  it('repeats no long token of a client in notifications', async () => {
    app.standin.play({ tokens: ['Slow.', ' Done.'], tokensPerSecond: 0.8 });
    const params = {
      name: 'ask',
      arguments: { prompt: 'x' },
      _meta: { progressToken: 'x'.repeat(257) },
    };
    const stream = await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, app.token);
    const answer = await stream.text();
    expect(answer).toContain('Slow. Done.');
    expect(answer).not.toContain('notifications/progress');
  });

  it.each(['2025-03-26', '2025-06-18', '2025-11-25'])(
    'serves clients of %s, also without their session',
    async (version) => {
      const clientInfo = { name: 'old', version: '1' };
      const params = { protocolVersion: version, capabilities: {}, clientInfo };
      const begun = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params }, app.token);
      expect(await begun.text()).toContain(`"protocolVersion":"${version}"`);
      const listed = await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, app.token);
      expect(await listed.text()).toContain('"run_preset"');
    },
  );

  it('has the rights and limits of the caller', async () => {
    const onlyRead = await connect(await keyFor('READ'));
    expect((await call(onlyRead, 'ask', { prompt: 'x' })).content[0]?.text).toMatch(/^FORBIDDEN: /);
    const onlyChat = await connect(await keyFor('CHAT'));
    expect((await call(onlyChat, 'search_messages', { words: 'x' })).content[0]?.text).toMatch(
      /^FORBIDDEN: /,
    );
    const run = await call(onlyChat, 'run_preset', { name: 'error-explanation', variables: { log: 'x' } });
    expect(run.content[0]?.text).toMatch(/^FORBIDDEN: .*READ/);
    const { token } = await app.signUp('vic', 'VIEWER');
    const requests = Array.from({ length: 5 }, () => post({ jsonrpc: '2.0', id: 1, method: 'ping' }, token));
    expect((await Promise.all(requests)).filter(({ status }) => status === 429)).toHaveLength(2);
  });

  const post = (body: unknown, token?: string, init: RequestInit = {}) =>
    fetch(`${app.url}/mcp`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    });

  it('rejects anonymous calls, batches, other methods and what is no message', async () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const anonymous = await post(ping);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await post([ping, ping], app.token)).status).toBe(400);
    expect((await post('{', app.token)).status).toBe(400);
    expect((await post({ hello: 1 }, app.token)).status).toBe(400);
    const got = await app.get('/mcp');
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('counts its streams', async () => {
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { _meta: envelope, notifications: { toolsListChanged: true } };
    const listen = () =>
      post({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }, app.token, {
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': 'subscriptions/listen',
          Authorization: `Bearer ${app.token}`,
        },
      });
    const open = [await listen(), await listen()];
    expect(open.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'text/event-stream'],
      [200, 'text/event-stream'],
    ]);
    expect((await listen()).status).toBe(429);
    await Promise.all(open.map((response) => response.body?.cancel()));
    await eventually(listen, ({ status, body }) => {
      void body?.cancel();
      return status === 200;
    });
  });

  it('cancels the answer when the client disconnects', async () => {
    app.standin.play({ tokens: Array(1_000).fill('word '), tokensPerSecond: 50 });
    const controller = new AbortController();
    const ask = {
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'ask', arguments: { prompt: 'Count.' } },
    };
    const begun = app.standin.chats.length;
    const asked = post(ask, app.token, { signal: controller.signal }).then((response) => response.text());
    asked.catch(() => {});
    await eventually(
      async () => app.standin.chats.length,
      (count) => count > begun,
    );
    controller.abort();
    await expect(asked).rejects.toThrow();
    await app.line(({ msg, status }) => msg === 'generation ended' && status === 'CANCELLED');
    expect(app.logged.filter(({ msg }) => String(msg).includes('unexpected error'))).toEqual([]);
  });
});
