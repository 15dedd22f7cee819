import { connect } from 'node:net';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

describe('the metrics', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const complete = (content: string) =>
    app.post('/v1/chat/completions', {
      model: 'stand-in',
      temperature: 0,
      messages: [{ role: 'user', content }],
    });
  const read = async (init?: RequestInit) => {
    const response = await fetch(`${app.url}/metrics`, init);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };

  it('count generations, tokens, and lookups in the response cache', async () => {
    app = await startTestApp();
    for (const content of ['One?', 'One?', 'Two?']) expect((await complete(content)).status).toBe(200);
    const { status, type, text } = await read();
    expect([status, type]).toEqual([200, expect.stringContaining('text/plain')]);
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    expect(value('ziggie_cache_lookups_total{result="hit"}')).toBe(1);
    expect(value('ziggie_cache_lookups_total{result="missed"}')).toBe(2);
    const ended = 'ziggie_generations_total{status="COMPLETED",model="stand-in:latest"';
    expect(value(`${ended},cached="false"}`)).toBe(2);
    expect(value(`${ended},cached="true"}`)).toBe(1);
    expect(value('ziggie_tokens_total{kind="prompt",model="stand-in:latest"}')).toBe(14);
    expect(value('ziggie_queue_waiting')).toBe(0);
    expect(value('ziggie_engine_ready')).toBe(1);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('count requests by surface, operations, calls of the engine and the stores, and reached limits', async () => {
    app = await startTestApp({ env: { RATE_LIMIT: '1/1h' } });
    expect((await complete('One?')).status).toBe(200);
    expect((await complete('Two?')).status).toBe(429);
    await app.graphql('{ __typename }');
    await app.graphql('{ nothing }');
    const { text } = await read();
    const counts = [
      'ziggie_http_requests_total{surface="openai",method="POST",status="200"} 1',
      'ziggie_http_requests_total{surface="openai",method="POST",status="429"} 1',
      'ziggie_http_request_duration_seconds_count{surface="openai",stream="false"} 2',
      'ziggie_graphql_operations_total{type="query",transport="http",result="ok"} 1',
      'ziggie_engine_requests_total{backend="stand-in",operation="generate",model="stand-in:latest",outcome="OK"} 1',
      'ziggie_engine_running{backend="stand-in",operation="generate"} 0',
      'ziggie_queue_duration_seconds_count{model="stand-in:latest"} 1',
      'ziggie_time_per_output_token_seconds_count{model="stand-in:latest"} 1',
      'ziggie_queue_oldest_age_seconds 0',
      'ziggie_limits_reached_total{limit="GENERATION_RATE"} 1',
      'ziggie_dependency_up{dependency="store"} 1',
      'ziggie_store_errors_total{store="generations"} 0',
    ];
    expect(counts.filter((line) => !text.includes(line))).toEqual([]);
    expect(text).toMatch(/ziggie_store_call_duration_seconds_count\{store="generations"\} [1-9]/);
    expect(text).toMatch(/ziggie_adapter_call_duration_seconds_count\{adapter="journal"\} [1-9]/);
  });

  it('are printed as OpenMetrics with exemplars for a client that accepts it, and as before for others', async () => {
    app = await startTestApp();
    await complete('One?');
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5';
    const [open, plain, again] = await Promise.all([
      read({ headers: { Accept: accept } }),
      read(),
      read({ headers: { Accept: accept } }),
    ]);
    for (const { type, text } of [open, again]) {
      expect(type).toContain('application/openmetrics-text');
      expect(text).toMatch(/ziggie_generation_duration_seconds_bucket\{.*\} 1 # \{generation_id="\w{26}"\} /);
      expect(text).toContain('# TYPE ziggie_generations counter');
      expect(text.endsWith('# EOF\n')).toBe(true);
    }
    expect(plain.type).toContain('text/plain');
    expect(plain.text).toContain('# TYPE ziggie_generations_total counter');
    expect(plain.text).not.toContain('generation_id=');
  });

  it('are only available from this machine, and not through a proxy on it', async () => {
    app = await startTestApp();
    const forwarded = await read({ headers: { 'X-Forwarded-For': '203.0.113.9' } });
    expect(forwarded.status).toBe(403);
    expect(forwarded.text).toContain('METRICS_TOKEN');
  });

  it.each([
    ['Forwarded', 'for=203.0.113.9'],
    ['Via', '1.1 proxy'],
    ['X-Real-IP', '203.0.113.9'],
    ['X-Forwarded-Host', 'chat.example.org'],
    ['X-Forwarded-Proto', 'https'],
  ])('are denied to a request with the header %s', async (name, value) => {
    app = await startTestApp();
    expect((await read({ headers: { [name]: value } })).status).toBe(403);
  });

  /** Sends a raw request, since `fetch` sets `Host` and the version itself. Returns the status line. */
  const readRaw = async (text: string): Promise<string> => {
    const peer = connect(Number(new URL(app.url).port), '127.0.0.1');
    peer.write(text);
    let answer = '';
    for await (const chunk of peer) answer += String(chunk);
    return answer.split('\r\n', 1)[0] ?? '';
  };

  it.each([
    ['chat.example.org', 403],
    ['localhost.example.org', 403],
    ['127.0.0.1.example.org', 403],
    ['203.0.113.9:8000', 403],
    ['localhost:8000', 200],
    ['127.0.0.1', 200],
    ['[::1]:8000', 200],
  ])('are only available by loopback names: %s gets %i', async (host, status) => {
    app = await startTestApp();
    const text = `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect(await readRaw(text)).toContain(` ${status} `);
  });

  it('are denied to HTTP/1.0, which proxies without headers speak, and without a Host', async () => {
    app = await startTestApp();
    expect(await readRaw('GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n')).toContain(' 403 ');
    expect(await readRaw('GET /metrics HTTP/1.0\r\n\r\n')).toContain(' 403 ');
  });

  it('require a token if a proxy is configured', async () => {
    app = await startTestApp({ env: { TRUST_PROXY: 'loopback' } });
    expect((await read()).status).toBe(403);
  });

  it('accept only METRICS_TOKEN if it is set', async () => {
    app = await startTestApp({ env: { METRICS_TOKEN: 'a token for the metrics' } });
    expect((await read()).status).toBe(401);
    const withToken = (token: string) => read({ headers: { Authorization: `Bearer ${token}` } });
    expect((await withToken('another token for them')).status).toBe(401);
    expect((await withToken(app.token)).status).toBe(401);
    expect((await withToken('a token for the metrics')).status).toBe(200);
  });
});
