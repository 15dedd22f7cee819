import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createClient } from 'graphql-sse';
import { defaultCallerLimits } from '../../../config/values/callerLimits.ts';
import { eventually } from '../../../process/eventually.testing.ts';
import { ticks } from '../../testing/testSchema.ts';
import { startTestServer, type TestServer } from '../../testing/testServer.ts';

type Headers = Readonly<Record<string, string>>;

const tokenHeader = 'X-GraphQL-Event-Stream-Token';

/** Sends the requests of the protocol one by one. */
const protocolOf = (server: TestServer) => {
  const url = `${server.url}/graphql`;
  const reserve = (headers: Headers = {}) => fetch(url, { method: 'PUT', headers });
  const open = (token: string, headers: Headers = {}, signal?: AbortSignal) =>
    fetch(url, { headers: { Accept: 'text/event-stream', [tokenHeader]: token, ...headers }, signal });
  const start = (token: string, body: unknown, headers: Headers = {}) =>
    server.graphql(body, { [tokenHeader]: token, ...headers });
  const stop = (token: string, operationId: string, headers: Headers = {}) =>
    fetch(`${url}?operationId=${operationId}`, {
      method: 'DELETE',
      headers: { [tokenHeader]: token, ...headers },
    });
  return { url, reserve, open, start, stop };
};

const operation = (query: string, operationId: unknown = 'a') => ({ query, extensions: { operationId } });

const bearer = async (server: TestServer) => ({ Authorization: `Bearer ${await server.token()}` });

/** Reads the events of a stream until the condition holds. */
const readUntil = async (response: Response, isThere: (text: string) => boolean): Promise<string> => {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!isThere(text)) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
    if (done) throw new Error(`The stream ended after ${JSON.stringify(text)}`);
    text += value;
  }
  reader?.releaseLock();
  return text;
};

const codeOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: readonly { extensions: { code: string } }[] };
  return [response.status, errors[0]?.extensions.code];
};

describe('graphql-sse in single connection mode', () => {
  let server: TestServer;
  let protocol: ReturnType<typeof protocolOf>;
  const leaving: AbortController[] = [];

  beforeAll(async () => {
    server = await startTestServer({
      callerLimits: { ...defaultCallerLimits, addressStreams: 100 },
    });
    protocol = protocolOf(server);
  });
  afterEach(() => {
    for (const controller of leaving.splice(0)) controller.abort();
  });
  afterAll(() => server.stop());

  /** Reserves and opens an event stream, until the end of the test. */
  const connect = async (headers: Headers = {}) => {
    const token = await (await protocol.reserve(headers)).text();
    const controller = new AbortController();
    leaving.push(controller);
    const events = await protocol.open(token, headers, controller.signal);
    expect(events.status).toBe(200);
    return { token, events, leave: () => controller.abort() };
  };

  it('serves the real client: queries, mutations, and subscriptions that it ends', async () => {
    const client = createClient({
      url: protocol.url,
      singleConnection: true,
      headers: () => bearer(server),
      retryAttempts: 0,
    });
    try {
      const query = client.iterate({ query: '{ viewer }' });
      expect((await query.next()).value).toMatchObject({ data: { viewer: 'admin' } });
      expect((await query.next()).done).toBe(true);
      const opened = once(ticks, 'opened');
      const watched = client.iterate({ query: 'subscription { ticks }' });
      const first = watched.next();
      await opened;
      ticks.emit('tick', 'one');
      expect((await first).value).toMatchObject({ data: { ticks: 'one' } });
      const second = watched.next();
      ticks.emit('tick', 'two');
      expect((await second).value).toMatchObject({ data: { ticks: 'two' } });
      const guarded = client.iterate({ query: 'subscription { guarded }' });
      const closed = once(ticks, 'closed');
      await watched.return?.();
      await closed;
      const guardedNext = guarded.next();
      const watching = setInterval(() => ticks.emit('tick', 'three'), 10);
      expect((await guardedNext).value).toMatchObject({ data: { guarded: 'three' } });
      clearInterval(watching);
    } finally {
      client.dispose();
    }
  });

  it('sends the headers of a stream, the id of each result, and masks unexpected errors', async () => {
    const { token, events } = await connect();
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    expect(events.headers.get('x-accel-buffering')).toBe('no');
    expect((await protocol.start(token, operation('subscription { broken }', 'b-1'))).status).toBe(202);
    const text = await readUntil(events, (sent) => sent.includes('event: complete'));
    expect(text).toContain('event: next\ndata: {"id":"b-1","payload":{"data":{"broken":"first"}');
    expect(text).toContain('"code":"INTERNAL"');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('event: complete\ndata: {"id":"b-1"}\n\n');
  });

  it('takes the token from the URL too, and queries by GET', async () => {
    const token = await (await protocol.reserve()).text();
    const controller = new AbortController();
    leaving.push(controller);
    const events = await fetch(`${protocol.url}?token=${token}`, {
      headers: { Accept: 'text/event-stream' },
      signal: controller.signal,
    });
    const get = (query: string) =>
      fetch(`${protocol.url}?${new URLSearchParams({ token, query, extensions: '{"operationId":"g"}' })}`);
    expect((await get('{ viewer }')).status).toBe(202);
    expect(await readUntil(events, (sent) => sent.includes('complete'))).toContain(
      '{"id":"g","payload":{"data":{"viewer":null}',
    );
    expect(await codeOf(await get('mutation { signOut }'))).toEqual([400, 'BAD_USER_INPUT']);
    const broken = await fetch(`${protocol.url}?token=${token}&query={viewer}&extensions={`);
    expect(await codeOf(broken)).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('ends the operations of a client that disconnects, and forgets the token', async () => {
    const { token, leave } = await connect();
    const opened = once(ticks, 'opened');
    await protocol.start(token, operation('subscription { ticks }'));
    await opened;
    const closed = once(ticks, 'closed');
    leave();
    await closed;
    expect(await codeOf(await protocol.start(token, operation('{ viewer }')))).toEqual([404, 'NOT_FOUND']);
  });

  it('ends the stream with the session of an operation, or with its own', async () => {
    for (const isOwn of [true, false]) {
      const [one, other] = [await bearer(server), await bearer(server)];
      const { token, events } = await connect(one);
      const opened = once(ticks, 'opened');
      await protocol.start(token, operation('subscription { guarded }'), other);
      await opened;
      const closed = once(ticks, 'closed');
      await server.graphql({ query: 'mutation { signOut }' }, isOwn ? one : other);
      await closed;
      await expect(events.text()).rejects.toThrow();
    }
  });

  it('is only for the user who reserved it', async () => {
    const user = await bearer(server);
    const { token } = await connect(user);
    const anonymous = await Promise.all([
      protocol.open(token),
      protocol.start(token, operation('{ viewer }')),
      protocol.stop(token, 'a'),
    ]);
    for (const response of anonymous) expect(await codeOf(response)).toEqual([404, 'NOT_FOUND']);
    const invalid = await protocol.start(token, operation('{ viewer }'), { Authorization: 'Bearer no' });
    expect(await codeOf(invalid)).toEqual([401, 'UNAUTHENTICATED']);
    expect(await codeOf(await protocol.reserve({ Authorization: 'Bearer no' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect((await protocol.stop(token, 'unknown', user)).status).toBe(200);
  });

  it.each([
    ['an invalid document', operation('{ nothing }'), 400, 'BAD_USER_INPUT'],
    ['a document that is none', operation('{'), 400, 'BAD_USER_INPUT'],
    ['no id', { query: '{ viewer }' }, 400, 'BAD_USER_INPUT'],
    ['an id that is no text', operation('{ viewer }', 7), 400, 'BAD_USER_INPUT'],
    ['an id of 129 characters', operation('{ viewer }', 'i'.repeat(129)), 400, 'BAD_USER_INPUT'],
    ['a batch', [operation('{ viewer }')], 400, 'BAD_USER_INPUT'],
    [
      'an operation that isn’t there',
      { ...operation('{ viewer }'), operationName: 'No' },
      400,
      'BAD_USER_INPUT',
    ],
  ])('answers %s by its own response', async (_what, body, status, code) => {
    const { token } = await connect();
    expect(await codeOf(await protocol.start(token, body))).toEqual([status, code]);
    // The id is free again.
    expect((await protocol.start(token, operation('{ viewer }'))).status).toBe(202);
  });

  it('starts nothing on a stream that ended while the request arrived', async () => {
    const { token, leave } = await connect();
    const opened = once(ticks, 'opened');
    await protocol.start(token, operation('subscription { ticks }'));
    await opened;
    const body = JSON.stringify(operation('subscription { ticks }', 'late'));
    const request = httpRequest(protocol.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        [tokenHeader]: token,
      },
    });
    const status = new Promise((resolve, reject) => {
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', reject);
    });
    await new Promise((resolve) => request.write(body.slice(0, -1), resolve));
    const closed = once(ticks, 'closed');
    leave();
    await closed;
    request.end(body.slice(-1));
    expect(await status).toBe(404);
  });

  it('counts the variables of its operations as buffered bytes', async () => {
    const limited = await startTestServer({
      callerLimits: { ...defaultCallerLimits, bufferedBytes: 1_000_000 },
    });
    const own = protocolOf(limited);
    const token = await (await own.reserve()).text();
    await own.open(token);
    const statuses: number[] = [];
    for (let n = 1; n <= 8; n += 1) {
      const large = {
        ...operation('subscription { ticks }', `s${n}`),
        variables: { pad: 'x'.repeat(200_000) },
      };
      statuses.push((await own.start(token, large)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    await limited.stop();
  });

  it('sets no cookie', async () => {
    const { token, events } = await connect();
    const signIn = operation('mutation { signIn(username: "admin", password: "correct horse battery") }');
    const started = await protocol.start(token, signIn);
    expect(started.headers.get('set-cookie')).toBeNull();
    expect(await readUntil(events, (sent) => sent.includes('complete'))).toContain('"code":"BAD_USER_INPUT"');
  });

  it('names what is missing', async () => {
    const token = await (await protocol.reserve()).text();
    expect(await codeOf(await protocol.start(token, operation('{ viewer }')))).toEqual([409, 'CONFLICT']);
    expect(await codeOf(await protocol.open('unknown'))).toEqual([404, 'NOT_FOUND']);
    const withoutToken = await fetch(`${protocol.url}?operationId=a`, { method: 'DELETE' });
    expect(await codeOf(withoutToken)).toEqual([400, 'BAD_USER_INPUT']);
    const withoutId = await fetch(protocol.url, { method: 'DELETE', headers: { [tokenHeader]: token } });
    expect(await codeOf(withoutId)).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('has one stream for each reservation, and one operation for each id', async () => {
    const { token } = await connect();
    expect(await codeOf(await protocol.open(token))).toEqual([409, 'CONFLICT']);
    const opened = once(ticks, 'opened');
    await protocol.start(token, operation('subscription { ticks }'));
    await opened;
    expect(await codeOf(await protocol.start(token, operation('{ viewer }')))).toEqual([409, 'CONFLICT']);
    const closed = once(ticks, 'closed');
    await protocol.stop(token, 'a');
    await closed;
  });

  it('counts as streams: reservations until they expire, the connection, and its subscriptions', async () => {
    const limited = await startTestServer({
      callerLimits: { ...defaultCallerLimits, addressStreams: 12 },
      eventConnections: { reservationMs: 3000 },
    });
    const { reserve, open, start, stop } = protocolOf(limited);
    const all = await Promise.all(Array.from({ length: 12 }, () => reserve()));
    expect(all.map(({ status }) => status)).toEqual(Array(12).fill(201));
    const tokens = await Promise.all(all.map((reserved) => reserved.text()));
    expect(await codeOf(await reserve())).toEqual([429, 'RATE_LIMITED']);
    // Ending an operation shows whether a reservation exists, and doesn't open it.
    const remaining = async () => {
      const stopped = await Promise.all(tokens.map((token) => stop(token, 'none')));
      return stopped.filter(({ status }) => status !== 404).length;
    };
    expect(await remaining()).toBe(12);
    await eventually(remaining, (count) => count === 0);
    expect(await codeOf(await open(tokens[0] ?? ''))).toEqual([404, 'NOT_FOUND']);
    const token = await (await reserve()).text();
    const events = await open(token);
    for (let n = 1; n <= 11; n += 1) {
      const opened = once(ticks, 'opened');
      await start(token, operation('subscription { ticks }', `s${n}`));
      await opened;
    }
    await start(token, operation('subscription { ticks }', 's12'));
    expect(await readUntil(events, (sent) => sent.includes('complete'))).toContain('"code":"RATE_LIMITED"');
    await limited.stop();
  });

  it('ends its streams when the server stops', async () => {
    const stopping = await startTestServer();
    const own = protocolOf(stopping);
    const token = await (await own.reserve()).text();
    const events = await own.open(token);
    const startedAt = performance.now();
    await stopping.stop();
    expect(await events.text()).toBe(':\n\n');
    expect(performance.now() - startedAt).toBeLessThan(900);
  });
});

describe('the bounds of a process', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      callerLimits: { ...defaultCallerLimits, addressStreams: 300, userStreams: 300 },
      eventConnections: { maxReserved: 3 },
    });
  });
  afterAll(() => server.stop());

  it('are kept by ending the oldest reservation, that of an anonymous caller first', async () => {
    const { reserve, stop } = protocolOf(server);
    const user = await bearer(server);
    const ofUser = await (await reserve(user)).text();
    const anonymous: string[] = [];
    for (let n = 0; n < 4; n += 1) anonymous.push(await (await reserve()).text());
    expect((await stop(ofUser, 'a', user)).status).toBe(200);
    const statuses = await Promise.all(anonymous.map(async (token) => (await stop(token, 'a')).status));
    expect(statuses).toEqual([404, 404, 200, 200]);
  });

  it('are 100 operations of a connection', async () => {
    const { reserve, open, start } = protocolOf(server);
    const token = await (await reserve()).text();
    const leaving = new AbortController();
    await open(token, {}, leaving.signal);
    const opened = Array.from({ length: 100 }, async (_none, n) => {
      const { status } = await start(token, operation('subscription { ticks }', `o${n}`));
      expect(status).toBe(202);
    });
    await Promise.all(opened);
    const more = await start(token, operation('{ viewer }', 'one more'));
    expect(await codeOf(more)).toEqual([429, 'RATE_LIMITED']);
    leaving.abort();
  });
});
