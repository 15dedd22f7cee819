import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startTestServer } from '../testing/testServer.ts';
import { createStalledResponses } from './stalledResponses.ts';

describe('a response whose peer reads nothing', () => {
  let server: Server;
  let stalled: ReturnType<typeof createStalledResponses>;
  let peer: Socket;

  const open = async (answer: (response: ServerResponse) => void, stallMs = 300) => {
    stalled = createStalledResponses(stallMs);
    server = createServer((_request, response) => {
      stalled.watch(response);
      answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    peer = await request();
  };

  const request = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return socket;
  };
  afterEach(() => {
    peer.destroy();
    stalled.close();
    server.close();
  });

  it('is destroyed, with its connection', async () => {
    const closed = Promise.withResolvers<void>();
    await open((response) => {
      response.once('close', closed.resolve);
      response.end(Buffer.alloc(64 * 1024 * 1024));
    });
    peer.pause();
    await closed.promise;
  }, 60_000);

  it('continues while the peer reads, however slowly', async () => {
    const length = 24 * 1024 * 1024;
    // The peer shares this process, so a pause of the process must not look like a stalled peer.
    const stallMs = 2000;
    await open((response) => response.end(Buffer.alloc(length)), stallMs);
    const startedAt = performance.now();
    let read = 0;
    peer.on('data', (chunk: Buffer) => {
      read += chunk.byteLength;
      if (read >= length) return peer.destroy();
      peer.pause();
      setTimeout(() => peer.resume(), 10);
    });
    await once(peer, 'close');
    expect(read).toBeGreaterThanOrEqual(length);
    // It took longer than the timeout of a stalled peer.
    expect(performance.now() - startedAt).toBeGreaterThan(stallMs);
  }, 60_000);

  it('continues while the server has nothing to send, as long as a stalled one is kept', async () => {
    let response: ServerResponse | null = null;
    const closed = Promise.withResolvers<void>();
    await open((one) => {
      if (response) {
        one.once('close', closed.resolve);
        one.end(Buffer.alloc(64 * 1024 * 1024));
        return;
      }
      response = one;
      one.write('first');
    });
    await once(peer, 'data');
    const stuck = await request();
    stuck.pause();
    await closed.promise;
    stuck.destroy();
    (response as ServerResponse | null)?.end('last');
    expect(String((await once(peer, 'data'))[0])).toContain('last');
  }, 60_000);
});

describe('a socket whose peer reads nothing', () => {
  it('is terminated, unlike one that waits for the server', async () => {
    const server = await startTestServer({ socketTimes: { stallMs: 300, keepAliveMs: 100 } });
    const open = async () => {
      const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws');
      socket.on('error', () => {});
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
      return socket;
    };
    const idle = await open();
    const stuck = await open();
    const payload = {
      query: '{ __schema { types { name description fields { name type { name ofType { name } } } } } }',
    };
    stuck.pause();
    let sent = 0;
    const closed = once(stuck, 'close');
    // Enough to fill the buffers of the operating system.
    while (server.server.socketCount() === 2) {
      if (sent < 300) stuck.send(JSON.stringify({ id: `q${sent}`, type: 'subscribe', payload }), () => {});
      sent += 1;
      await sleep(10);
    }
    stuck.resume();
    await closed;
    expect(idle.readyState).toBe(WebSocket.OPEN);
    idle.close();
    await server.stop();
  }, 60_000);
});
