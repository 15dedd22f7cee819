import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { silent } from '../../redis/server.testing.ts';
import type { Exchange } from '../server/exchange.ts';
import { createDownloads } from './download.ts';

describe('a download', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('lets other work run between the parts of its source, also for a fast client', async () => {
    const send = createDownloads('export');
    let sinceIteration = 0;
    let longest = 0;
    const parts = 50;
    /** Takes time without a pause, as SQLite does. */
    async function* slow(): AsyncGenerator<string, void> {
      for (let part = 0; part < parts; part += 1) {
        const endAt = performance.now() + 12;
        while (performance.now() < endAt);
        sinceIteration += 1;
        longest = Math.max(longest, sinceIteration);
        yield `${part}\n`;
      }
    }
    let next: NodeJS.Immediate;
    const iterate = () => {
      sinceIteration = 0;
      next = setImmediate(iterate);
    };
    next = setImmediate(iterate);
    server = createServer((request, response) => {
      const exchange = {
        request,
        response,
        log: silent,
        openStream: async () => {},
        destroyOnAccessEnd: async () => {},
      } as unknown as Exchange;
      const open = async () => Readable.from(slow());
      void send(exchange, 'user', { file: 'all.txt', contentType: 'text/plain', open });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    clearImmediate(next);
    expect(text.trim().split('\n')).toHaveLength(parts);
    expect(longest).toBeLessThanOrEqual(3);
  });
});
