import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { openResponseStream } from './responseStream.ts';

/** Serves one stream that writes `text` once `proceed` is called. */
const startStream = async (contentType: string, text: string) => {
  const { promise: proceed, resolve } = Promise.withResolvers<void>();
  const server = createServer(async (_request, response) => {
    const stream = openResponseStream(response, contentType, 20);
    await proceed;
    await stream.write(text, new AbortController().signal);
    stream.end('');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, proceed: resolve, stop: () => once(server.close(), 'close') };
};

describe('a stream', () => {
  it.each([
    ['text/event-stream', 'data: {"a":1}\n\n', (body: string) => body.replaceAll(': keep-alive\n\n', '')],
    [
      'text/event-stream; charset=utf-8',
      'data: {"a":1}\n\n',
      (body: string) => body.replaceAll(': keep-alive\n\n', ''),
    ],
    ['application/x-ndjson', '{"a":1}\n', (body: string) => JSON.stringify(JSON.parse(body)).concat('\n')],
  ])('of %s has its headers at once, and bytes while it is silent', async (type, text, read) => {
    const stream = await startStream(type, text);
    const response = await fetch(stream.url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let body = '';
    for (let chunks = 0; chunks < 3; chunks += 1) body += (await reader?.read())?.value ?? '';
    expect(body).not.toContain('{');
    stream.proceed();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) body += next.value;
    expect(read(body)).toBe(text);
    // Ollama's clients parse each line, and an empty one is an error for them.
    if (type === 'application/x-ndjson') expect(body.trimEnd().split('\n')).toHaveLength(1);
    await stream.stop();
  });

  it.each([
    ['HTTP/1.1', 'in chunks'],
    ['HTTP/1.0', 'without chunks'],
  ])('writes at once while it is idle, for %s %s', async (version) => {
    const texts = Array.from({ length: 500 }, (_, index) => `${index} 👩‍🚀 ${'x'.repeat(index)}\n`);
    let direct = 0;
    const server = createServer(async (_request, response) => {
      const stream = openResponseStream(response, 'text/plain', 5);
      const { signal } = new AbortController();
      await stream.write('first\n', signal);
      for (const [index, text] of texts.entries()) {
        if (stream.isIdle) {
          direct += 1;
          stream.writeNow(text);
        } else await stream.write(text, signal);
        if (index % 3) await new Promise(setImmediate);
      }
      stream.end('last');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.write(`GET / ${version}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let raw = Buffer.alloc(0);
    for await (const part of client) raw = Buffer.concat([raw, part as Buffer]);
    const head = raw.indexOf('\r\n\r\n') + 4;
    let body = raw.subarray(head);
    if (version === 'HTTP/1.1') {
      const parts: Buffer[] = [];
      for (let rest = body; ; ) {
        const line = rest.indexOf('\r\n');
        const length = Number.parseInt(rest.toString('latin1', 0, line), 16);
        if (length === 0) break;
        parts.push(rest.subarray(line + 2, line + 2 + length));
        expect(rest.toString('latin1', line + 2 + length, line + 4 + length)).toBe('\r\n');
        rest = rest.subarray(line + 4 + length);
      }
      body = Buffer.concat(parts);
    }
    expect(body.toString()).toBe(`first\n${texts.join('')}last`);
    expect(direct).toBeGreaterThan(100);
    server.close();
    await once(server, 'close');
  });

  it('sends nothing more once its client has disconnected', async () => {
    const stream = await startStream('text/event-stream', 'data: 1\n\n');
    const leaving = new AbortController();
    const response = await fetch(stream.url, { signal: leaving.signal });
    leaving.abort();
    await expect(response.text()).rejects.toThrow();
    stream.proceed();
    await stream.stop();
  });
});
