import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ticks } from '../testing/testSchema.ts';
import { password, startTestServer, type TestServer } from '../testing/testServer.ts';
import { acknowledged, connect, sendQuery } from './sockets.testing.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ corsOrigins: ['https://trusted.example'] });
});

afterEach(() => server.stop());

const cookie = async (): Promise<string> => {
  const query = `mutation { signIn(username: "admin", password: "${password}") }`;
  return (await server.graphql({ query })).headers.get('set-cookie')?.split(';')[0] ?? '';
};

describe('a socket', () => {
  it.each([
    ['Authorization', 'Bearer '],
    ['authorization', ''],
    ['token', ''],
  ])('is authenticated by %s in connection_init ("%s…")', async (name, prefix) => {
    const peer = await acknowledged(server, { [name]: prefix + (await server.token()) });
    expect(await sendQuery(peer, '{ viewer }')).toMatchObject({
      type: 'next',
      payload: { data: { viewer: 'admin' } },
    });
    peer.socket.close();
  });

  it('is authenticated by the cookie of the page that opens it', async () => {
    for (const Origin of [server.url, 'https://trusted.example']) {
      const peer = await acknowledged(server, undefined, { Cookie: await cookie(), Origin });
      expect(await sendQuery(peer, '{ viewer }')).toMatchObject({ payload: { data: { viewer: 'admin' } } });
      peer.socket.close();
    }
  });

  it('is rejected for a page of another origin, unless it has a token', async () => {
    const headers = { Cookie: await cookie(), Origin: 'https://untrusted.example' };
    const peer = await connect(server, headers);
    peer.send({ type: 'connection_init' });
    expect(await peer.closed).toEqual({ code: 4403, reason: expect.stringContaining('untrusted.example') });
    (await acknowledged(server, { token: await server.token() }, headers)).socket.close();
  });

  it.each([{ token: 'nonsense' }, { Authorization: 'Bearer' }, { authorization: 7 }])(
    'is closed 4403 for an invalid token: %j',
    async (payload) => {
      const peer = await connect(server, { Cookie: await cookie() });
      peer.send({ type: 'connection_init', payload });
      expect(await peer.closed).toEqual({ code: 4403, reason: expect.stringContaining('Sign in again') });
    },
  );

  it('can run public operations without authentication', async () => {
    const peer = await acknowledged(server, undefined, { Cookie: 'ziggie_session=stale' });
    expect(await sendQuery(peer, '{ viewer }')).toMatchObject({
      type: 'next',
      payload: { data: { viewer: null } },
    });
    peer.socket.close();
  });

  it('closes when its session ends', async () => {
    const token = await server.token();
    const peer = await acknowledged(server, { token });
    const [opened, ended] = [once(ticks, 'opened'), once(ticks, 'closed')];
    peer.send({ id: 's', type: 'subscribe', payload: { query: 'subscription { guarded }' } });
    await opened;
    const viewer = await server.accounts.verifySessionToken(token);
    await server.accounts.signOut(viewer?.sessionId ?? '');
    expect(await peer.closed).toEqual({ code: 4403, reason: 'The session has ended' });
    await ended;
    expect(server.accounts.revocationListenerCount()).toBe(0);
  });

  it('rejects a mutation that needs cookies', async () => {
    const peer = await acknowledged(server);
    const query = `mutation { signIn(username: "admin", password: "${password}") }`;
    expect(await sendQuery(peer, query)).toMatchObject({
      payload: {
        errors: [{ message: expect.stringContaining('over HTTP'), extensions: { code: 'BAD_USER_INPUT' } }],
      },
    });
    peer.socket.close();
  });
});
describe('an operation on a socket', () => {
  it.each([
    ['a syntax error', '{', 'BAD_USER_INPUT'],
    ['an unknown field', '{ nope }', 'BAD_USER_INPUT'],
    ['too many levels of nesting', '{a'.repeat(2000), 'TOO_COMPLEX'],
  ])('with %s gets an error, and the socket stays open', async (_what, query, code) => {
    const peer = await acknowledged(server);
    expect(await sendQuery(peer, query, 'bad')).toMatchObject({
      id: 'bad',
      type: 'error',
      payload: [{ extensions: { code } }],
    });
    expect(await sendQuery(peer, '{ viewer }', 'good')).toMatchObject({ id: 'good', type: 'next' });
    // Over HTTP, the document still gets status 400: Yoga's cache doesn't keep the socket's error for it.
    const response = await server.graphql({ query }, { Accept: 'application/graphql-response+json' });
    expect(response.status).toBe(400);
    peer.socket.close();
  });

  it('has its unexpected errors masked and logged', async () => {
    const peer = await acknowledged(server);
    const answer = JSON.stringify(await sendQuery(peer, '{ broken }'));
    expect(answer).not.toContain('hunter2');
    const { requestId } = JSON.parse(answer).payload.errors[0].extensions;
    expect(server.logged).toContainEqual(
      expect.objectContaining({ requestId, msg: 'request: unexpected error' }),
    );
    peer.socket.close();
  });

  it('gets an error for a subscription without permission', async () => {
    const peer = await acknowledged(server);
    expect(await sendQuery(peer, 'subscription { guarded }')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    peer.socket.close();
  });

  it('above the limit of a socket is rejected, and the others continue', async () => {
    const peer = await acknowledged(server);
    const opened = Promise.withResolvers<void>();
    let open = 0;
    const count = () => {
      open += 1;
      if (open === 100) opened.resolve();
    };
    ticks.on('opened', count);
    for (let i = 0; i < 100; i += 1) {
      peer.send({ id: `s${i}`, type: 'subscribe', payload: { query: 'subscription { ticks }' } });
    }
    await opened.promise;
    ticks.off('opened', count);
    expect(await sendQuery(peer, '{ viewer }')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 1 } }],
    });
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
    peer.socket.close();
    await peer.closed;
  });
});

describe('a client that reconnects', () => {
  let client: Client;

  afterEach(() => client.dispose());

  it('gets each event, and unsubscribes from the source when it disconnects', async () => {
    client = createClient({ url: server.socketUrl, webSocketImpl: WebSocket });
    const opened = once(ticks, 'opened');
    const events = client.iterate({ query: 'subscription { ticks }' });
    const first = events.next();
    await opened;
    ticks.emit('tick', 'one');
    expect((await first).value).toMatchObject({ data: { ticks: 'one' } });
    const closed = once(ticks, 'closed');
    await events.return?.();
    await closed;
  });

  it('can reconnect after its session ended', async () => {
    const token = await server.token();
    const codes: number[] = [];
    let fresh: string | null = null;
    client = createClient({
      url: server.socketUrl,
      webSocketImpl: WebSocket,
      retryWait: async () => {},
      connectionParams: () => ({ token: fresh ?? token }),
      on: { closed: (event) => codes.push((event as { code: number }).code) },
    });
    const opened = once(ticks, 'opened');
    const events = client.iterate({ query: 'subscription { guarded }' });
    const first = events.next();
    await opened;
    const again = once(ticks, 'opened');
    fresh = await server.token();
    const viewer = await server.accounts.verifySessionToken(token);
    await server.accounts.signOut(viewer?.sessionId ?? '');
    await again;
    ticks.emit('tick', 'after signing in again');
    expect((await first).value).toMatchObject({ data: { guarded: 'after signing in again' } });
    expect(codes).toEqual([4403]);
    await events.return?.();
  });
});
