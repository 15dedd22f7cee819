import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Exchange } from '../server/exchange.ts';
import { prepareContent, sendContent } from './staticContent.ts';

describe('a large file', () => {
  const file = Buffer.alloc(1_700_000, 'x');

  it('is written in parts to clients that waited for it together, a few in each iteration', async () => {
    const clients = 40;
    const ready = Promise.withResolvers<void>();
    const content = ready.promise.then(() => prepareContent('text/javascript', file));
    let requested = 0;
    const responses: ServerResponse[] = [];
    const server = createServer((request, response) => {
      responses.push(response);
      void content.then((prepared) => sendContent({ request, response } as unknown as Exchange, prepared));
      requested += 1;
      if (requested === clients) ready.resolve();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const peers: Socket[] = Array.from({ length: clients }, () => {
      const peer = connect(port, '127.0.0.1');
      // Never reads.
      peer.pause();
      peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      return peer;
    });
    await content;
    const writtenBytes = () =>
      responses.reduce(
        (sum, { socket, writableLength }) => sum + writableLength + (socket?.bytesWritten ?? 0),
        0,
      );
    const inIterations: number[] = [];
    for (let before = 0; before < 5_000_000; ) {
      await new Promise((resolve) => setImmediate(resolve));
      inIterations.push(writtenBytes() - before);
      before = writtenBytes();
    }
    expect(Math.max(...inIterations)).toBeLessThan(1_200_000);
    const [reader] = peers;
    let read = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    reader?.on('data', (chunk: Buffer) => {
      read += chunk.byteLength;
      if (read > file.byteLength) resolve();
    });
    reader?.resume();
    await promise;
    for (const peer of peers) peer.destroy();
    server.close();
    await once(server, 'close');
  }, 30_000);

  it('arrives complete, compressed or not, and as headers only for HEAD', async () => {
    const content = await prepareContent('text/javascript', file);
    const server = createServer((request, response) =>
      sendContent({ request, response } as unknown as Exchange, content),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const encoding of ['gzip', 'identity']) {
      const response = await fetch(url, { headers: { 'Accept-Encoding': encoding } });
      expect(Buffer.from(await response.arrayBuffer()).equals(file)).toBe(true);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/javascript']);
    expect(await head.text()).toBe('');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
});
