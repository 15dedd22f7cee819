import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

const introspection = '{ __schema { types { name description fields { name description } } } }';

describe('a flood on a socket', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  /** Opens an acknowledged socket with a token, the administrator's by default; null: anonymous. */
  const open = async (token: string | null = app.token) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = once(socket, 'close').then(([code]) => Number(code));
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', ...(token && { payload: { token } }) }));
    await once(socket, 'message');
    const send = (message: object) => socket.send(JSON.stringify(message), () => {});
    return { socket, closed, send };
  };

  /** Returns the amount of a resource that all callers hold. */
  const held = async (resource: string): Promise<number> => {
    const text = await (await fetch(`${app.url}/metrics`)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(`ziggie_budget_held{resource="${resource}"`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  };

  const probe = async () =>
    (await app.graphql<{ viewer: { id: string } }>('{ viewer { id } }')).data?.viewer.id;

  it('of large pings from an anonymous peer closes the socket, and leaves nothing buffered', async () => {
    app = await startTestApp();
    const { socket, closed, send } = await open(null);
    socket.pause();
    const payload = { x: 'x'.repeat(900_000) };
    for (let count = 0; count < 50; count += 1) send({ type: 'ping', payload });
    socket.resume();
    expect(await closed).toBe(1009);
    expect(await held('BUFFERED_BYTES')).toBe(0);
  }, 60_000);

  it('of pings gets pongs without their payload', async () => {
    app = await startTestApp();
    const { socket, send } = await open();
    send({ type: 'ping', payload: { x: 'x'.repeat(100_000) } });
    expect(String((await once(socket, 'message'))[0])).toBe('{"type":"pong"}');
    socket.close();
  }, 60_000);

  it.each<[string, (socket: WebSocket, count: number) => void]>([
    ['pings', (socket) => socket.send('{"type":"ping"}')],
    ['pongs', (socket) => socket.send('{"type":"pong"}')],
    ['ping frames', (socket) => socket.ping()],
    ['pong frames', (socket) => socket.pong()],
    ['completes', (socket) => socket.send('{"type":"complete","id":"none"}')],
    [
      'invalid operations',
      (socket, count) => socket.send(`{"type":"subscribe","id":"q${count}","payload":{"query":"{ nope }"}}`),
    ],
  ])(
    'of %s is closed 4429',
    async (_what, sendOne) => {
      app = await startTestApp();
      const { socket, closed } = await open();
      for (let count = 0; count < 5000; count += 1) sendOne(socket, count);
      expect(await closed).toBe(4429);
      expect(await probe()).toBeDefined();
    },
    60_000,
  );

  it('of a second connection_init, or of a large one, is closed', async () => {
    app = await startTestApp();
    const again = await open();
    for (let count = 0; count < 100; count += 1) again.send({ type: 'connection_init' });
    expect(await again.closed).toBe(4429);
    const large = await open(null);
    large.send({ type: 'connection_init', payload: { token: 'x'.repeat(200_000) } });
    expect(await large.closed).toBe(1009);
  }, 60_000);

  it('of long ids is closed 4400, and of an id in use 4409 with a valid reason', async () => {
    app = await startTestApp();
    const long = await open();
    long.send({ type: 'subscribe', id: 'i'.repeat(500_000), payload: { query: '{ viewer { id } }' } });
    expect(await long.closed).toBe(4400);
    const twice = await open();
    const message = {
      type: 'subscribe',
      id: 'i'.repeat(120),
      payload: { query: 'subscription { conversationChanged { kind } }' },
    };
    twice.send(message);
    twice.send(message);
    expect(await twice.closed).toBe(4409);
  }, 60_000);

  it('of operations whose results are not read is paused, and resumes once they are', async () => {
    app = await startTestApp({ env: { INTROSPECTION: 'on' } });
    // Another user, who would reach their own limit of concurrent operations.
    const { token } = await app.signUp('flooder');
    const { socket, send } = await open(token);
    const answered = new Set<string>();
    const all = Promise.withResolvers<void>();
    socket.on('message', (text) => {
      const { id, type } = JSON.parse(String(text));
      if (type === 'next') answered.add(id);
      if (answered.size === 90) all.resolve();
    });
    socket.pause();
    for (let count = 0; count < 90; count += 1) {
      send({ type: 'subscribe', id: `q${count}`, payload: { query: introspection } });
    }
    let maxHeld = 0;
    for (let count = 0; count < 20; count += 1) {
      maxHeld = Math.max(maxHeld, await held('BUFFERED_BYTES'));
      expect(await probe()).toBeDefined();
      await sleep(20);
    }
    // 90 results are far more: only eight may wait, beside what the buffers of the operating system took.
    expect(maxHeld).toBeGreaterThan(0);
    expect(maxHeld).toBeLessThan(3_000_000);
    socket.resume();
    await all.promise;
    expect(await held('BUFFERED_BYTES')).toBe(0);
    socket.close();
  }, 60_000);
});
