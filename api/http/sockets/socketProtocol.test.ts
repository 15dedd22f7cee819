import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ticks } from '../testing/testSchema.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';
import { acknowledged, connect, protocol } from './sockets.testing.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.stop());

describe('the graphql-transport-ws protocol', () => {
  it('closes 4400 for an invalid message', async () => {
    const peer = await acknowledged(server);
    peer.send('nonsense');
    expect(await peer.closed).toMatchObject({ code: 4400 });
  });

  it('closes 4401 for an operation before the acknowledgement', async () => {
    const peer = await connect(server);
    peer.send({ id: 'q', type: 'subscribe', payload: { query: '{ viewer }' } });
    expect(await peer.closed).toMatchObject({ code: 4401 });
  });

  it('closes 4406 for another subprotocol', async () => {
    const socket = new WebSocket(server.socketUrl, { headers: {} });
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it('closes 4409 for an id that is in use', async () => {
    const peer = await acknowledged(server);
    const opened = once(ticks, 'opened');
    const message = { id: 's', type: 'subscribe', payload: { query: 'subscription { ticks }' } };
    peer.send(message);
    await opened;
    const ended = once(ticks, 'closed');
    peer.send(message);
    expect(await peer.closed).toMatchObject({ code: 4409 });
    await ended;
  });

  it('closes 4429 for a second connection_init', async () => {
    const peer = await acknowledged(server);
    peer.send({ type: 'connection_init' });
    expect(await peer.closed).toMatchObject({ code: 4429 });
  });

  it('closes 1009 for a message of more than a megabyte', async () => {
    const peer = await acknowledged(server);
    peer.send({ type: 'ping', payload: { filler: 'x'.repeat(1024 * 1024) } });
    expect(await peer.closed).toMatchObject({ code: 1009 });
  });

  it('closes 1012 when the server stops, upon which clients reconnect', async () => {
    const peer = await acknowledged(server, { token: await server.token() });
    const stopped = server.server.stop(1000);
    expect(await peer.closed).toEqual({ code: 1012, reason: 'Service restart' });
    await stopped;
    expect(server.server.socketCount()).toBe(0);
    expect(server.accounts.revocationListenerCount()).toBe(0);
  });

  it('closes 4408 for a client that sends no connection_init', async () => {
    const strict = await startTestServer({ socketTimes: { initTimeoutMs: 20 } });
    const [code] = await once(new WebSocket(strict.socketUrl, protocol), 'close');
    expect(code).toBe(4408);
    await strict.stop();
  });

  it('terminates a socket that does not answer pings, and keeps one that does', async () => {
    const pinging = await startTestServer({ socketTimes: { keepAliveMs: 20 } });
    const [alive, dead] = [true, false].map(
      (autoPong) => new WebSocket(pinging.socketUrl, protocol, { autoPong }),
    );
    if (!alive || !dead) throw new Error('no sockets');
    await once(dead, 'close');
    expect(alive.readyState).toBe(alive.OPEN);
    await pinging.stop();
  });

  it('answers 404 to upgrades at other paths', async () => {
    const socket = new WebSocket(server.socketUrl.replace('/graphql', '/elsewhere'), protocol);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });
});
