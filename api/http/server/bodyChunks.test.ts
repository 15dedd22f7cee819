import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { joinChunks } from './bodyChunks.ts';

describe('the chunks of a body', () => {
  const server = createServer();
  let port = 0;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Sends a request with these chunks, and returns it with its chunks joined. */
  const receive = async (head: string, chunks: readonly string[]): Promise<IncomingMessage> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
    const [request, response] = await once(server, 'request');
    joinChunks(request);
    request.once('end', () => response.end());
    for (const chunk of chunks) socket.write(chunk);
    return request;
  };

  const chunked = (chunks: readonly string[]) => [
    ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`),
    '0\r\n\r\n',
  ];

  it('are joined, so that a body of tiny chunks takes a few buffers', async () => {
    const body = 'abcdefghij'.repeat(200);
    const request = await receive('Transfer-Encoding: chunked', [chunked([...body]).join('')]);
    const buffers: Buffer[] = [];
    for await (const buffer of request) buffers.push(buffer);
    expect(Buffer.concat(buffers).toString()).toBe(body);
    expect(buffers.length).toBeLessThanOrEqual(2);
  });

  it('end the connection when there are very many tiny ones', async () => {
    const request = await receive('Transfer-Encoding: chunked', [chunked([...'x'.repeat(5000)]).join('')]);
    await expect(text(request)).rejects.toThrow();
    expect(request.socket.destroyed).toBe(true);
  });

  it.each([[[1]], [[20_000]], [[16_384, 1]], [[1, 16_384]], [[5, 10, 40_000, 3]], [[9000, 9000, 9000]]])(
    'of %j bytes arrive in order and complete',
    async (sizes) => {
      const chunks = sizes.map((size, index) => String(index).repeat(size));
      expect(await text(await receive('Transfer-Encoding: chunked', chunked(chunks)))).toBe(chunks.join(''));
      const length = chunks.join('').length;
      expect(await text(await receive(`Content-Length: ${length}`, chunks))).toBe(chunks.join(''));
    },
  );

  it('stop the connection when nobody reads them', async () => {
    const body = 'x'.repeat(2_000_000);
    const request = await receive(`Content-Length: ${body.length}`, [body]);
    const { readableHighWaterMark } = request;
    await new Promise((resolve) => setTimeout(resolve, 0));
    // One read of the connection may be beyond the limit.
    expect(request.readableLength).toBeLessThanOrEqual(readableHighWaterMark + 65_536);
    expect(await text(request)).toBe(body);
  });
});
