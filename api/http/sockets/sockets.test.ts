import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ticks } from '../testing/testSchema.ts';
import { password, startTestServer, type TestServer } from '../testing/testServer.ts';
import { acknowledged, ask, connect } from './sockets.testing.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ corsOrigins: ['https://friend.example'] });
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
  ])('is signed in by %s in its first message ("%s…")', async (name, prefix) => {
    const peer = await acknowledged(server, { [name]: prefix + (await server.token()) });
    expect(await ask(peer, '{ viewer }')).toMatchObject({
      type: 'next',
      payload: { data: { viewer: 'admin' } },
    });
    peer.socket.close();
  });

  it('is signed in by the cookie of the page that opens it', async () => {
    for (const Origin of [server.url, 'https://friend.example']) {
      const peer = await acknowledged(server, undefined, { Cookie: await cookie(), Origin });
      expect(await ask(peer, '{ viewer }')).toMatchObject({ payload: { data: { viewer: 'admin' } } });
      peer.socket.close();
    }
  });

  it('is refused to a page elsewhere, but for one with a token', async () => {
    const headers = { Cookie: await cookie(), Origin: 'https://stranger.example' };
    const peer = await connect(server, headers);
    peer.send({ type: 'connection_init' });
    expect(await peer.closed).toEqual({ code: 4403, reason: expect.stringContaining('stranger.example') });
    (await acknowledged(server, { token: await server.token() }, headers)).socket.close();
  });

  it.each([{ token: 'nonsense' }, { Authorization: 'Bearer' }, { authorization: 7 }])(
    'is closed 4403 for a token that is no good: %j',
    async (payload) => {
      const peer = await connect(server, { Cookie: await cookie() });
      peer.send({ type: 'connection_init', payload });
      expect(await peer.closed).toEqual({ code: 4403, reason: expect.stringContaining('Sign in again') });
    },
  );

  it('of nobody may ask what is open to everyone', async () => {
    const peer = await acknowledged(server, undefined, { Cookie: 'ziggie_session=stale' });
    expect(await ask(peer, '{ viewer }')).toMatchObject({
      type: 'next',
      payload: { data: { viewer: null } },
    });
    peer.socket.close();
  });

  it('lives no longer than the session it was opened with', async () => {
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

  it('cannot set cookies, and says so', async () => {
    const peer = await acknowledged(server);
    const query = `mutation { signIn(username: "admin", password: "${password}") }`;
    expect(await ask(peer, query)).toMatchObject({
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
    ['a field that is not there', '{ nope }', 'BAD_USER_INPUT'],
    ['too deep a nesting', '{a'.repeat(2000), 'TOO_COMPLEX'],
  ])('with %s is answered with an error of its own, and the socket goes on', async (_what, query, code) => {
    const peer = await acknowledged(server);
    expect(await ask(peer, query, 'bad')).toMatchObject({
      id: 'bad',
      type: 'error',
      payload: [{ extensions: { code } }],
    });
    expect(await ask(peer, '{ viewer }', 'good')).toMatchObject({ id: 'good', type: 'next' });
    // The same document over HTTP still has its own status: what a socket saw is not remembered for it.
    const response = await server.graphql({ query }, { Accept: 'application/graphql-response+json' });
    expect(response.status).toBe(400);
    peer.socket.close();
  });

  it('has its unforeseen errors masked and logged', async () => {
    const peer = await acknowledged(server);
    const answer = JSON.stringify(await ask(peer, '{ broken }'));
    expect(answer).not.toContain('hunter2');
    const { requestId } = JSON.parse(answer).payload.errors[0].extensions;
    expect(server.logged).toContainEqual(expect.objectContaining({ requestId, msg: 'unexpected error' }));
    peer.socket.close();
  });

  it('that may not be subscribed to says why', async () => {
    const peer = await acknowledged(server);
    expect(await ask(peer, 'subscription { guarded }')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    peer.socket.close();
  });

  it('of which there are too many at once is refused, alone', async () => {
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
    expect(await ask(peer, '{ viewer }')).toMatchObject({
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

  it('gets each event as it happens, and the source is let go when it leaves', async () => {
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

  it('is not turned away for good by anything that ends a session', async () => {
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
