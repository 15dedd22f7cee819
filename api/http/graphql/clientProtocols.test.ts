import { once } from 'node:events';
import { Failure } from '../../errors/failures.ts';
import { ticks } from '../testing/testSchema.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

describe('a batch of operations', () => {
  let server: TestServer;
  let counted = 0;

  beforeAll(async () => {
    server = await startTestServer({
      batchLimit: 3,
      requestLimit: {
        request: async () => {},
        operation: async () => {
          counted += 1;
          if (counted > 5) throw new Failure('RATE_LIMITED', 'Too many requests.', { retryAfter: 1 });
        },
      },
    });
  });
  beforeEach(() => {
    counted = 0;
  });
  afterAll(() => server.stop());

  it('is answered by an array in its order, and each operation after the first counts', async () => {
    const response = await server.graphql([{ query: '{ viewer }' }, { query: '{ slowed }' }]);
    expect(await response.json()).toMatchObject([
      { data: { viewer: null } },
      { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    expect(counted).toBe(1);
  });

  it('is rejected above its limit, and by the rate limit', async () => {
    const four = await server.graphql(Array(4).fill({ query: '{ viewer }' }));
    expect(four.status).toBe(413);
    counted = 5;
    const limited = await server.graphql(Array(2).fill({ query: '{ viewer }' }));
    expect(limited.status).toBe(429);
  });

  it('can contain no stream', async () => {
    const response = await server.graphql([{ query: '{ viewer }' }, { query: 'subscription { ticks }' }]);
    expect(await response.json()).toMatchObject([
      { data: { viewer: null } },
      { errors: [{ message: expect.stringContaining('in a batch') }] },
    ]);
  });
});

describe('a subscription as multipart/mixed, in Apollo’s protocol', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const headers = { Accept: 'multipart/mixed;subscriptionSpec="1.0", application/json' };

  it('sends each event as a payload, after a heartbeat, and ends its source with the client', async () => {
    const opened = once(ticks, 'opened');
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ query: 'subscription { ticks }' }),
      signal: leaving.signal,
    });
    expect(response.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    );
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await opened;
    ticks.emit('tick', 'one');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('one')) text += (await reader?.read())?.value ?? '';
    // A client reads a part once it has seen the boundary behind it.
    const parts = text.split('\r\n--graphql').map((part) => part.split('\r\n\r\n')[1]);
    expect(parts.filter(Boolean).map((part) => JSON.parse(part ?? ''))).toMatchObject([
      {},
      { payload: { data: { ticks: 'one' } } },
    ]);
    expect(text.endsWith('\r\n--graphql')).toBe(true);
    const closed = once(ticks, 'closed');
    leaving.abort();
    await closed;
  });

  it('ends with a closing boundary, and masks unexpected errors', async () => {
    const response = await server.graphql({ query: 'subscription { broken }' }, headers);
    const text = await response.text();
    expect(text).toContain('{"payload":{"data":{"broken":"first"}');
    expect(text).toContain('"code":"INTERNAL"');
    expect(text).not.toContain('hunter2');
    expect(text.endsWith('\r\n--graphql--\r\n')).toBe(true);
  });

  it('is JSON if the request is rejected before its first event', async () => {
    const response = await server.graphql({ query: 'subscription { guarded }' }, headers);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});
