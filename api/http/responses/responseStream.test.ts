import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
