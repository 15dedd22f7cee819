/** @jest-environment node */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestFailure } from '../relay/failure.ts';
import { type CompletionChunk, completeAt } from './completion.ts';

const request = { model: 'llama3.2', prompt: 'What is 2+2?' };

/** Reads a completion from a server with these responses to its end. Includes the text before a failure. */
const ask = async (listener: RequestListener, signal = new AbortController().signal) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const chunks: CompletionChunk[] = [];
  let failure: unknown = null;
  try {
    for await (const chunk of completeAt(`http://127.0.0.1:${port}`)(request, signal)) chunks.push(chunk);
  } catch (error) {
    failure = error;
  }
  server.closeAllConnections();
  server.close();
  return { chunks, text: chunks.map(({ text }) => text).join(''), failure: failure as RequestFailure | null };
};

const line = (fields: object) => `${JSON.stringify({ model: 'small:1b', ...fields })}\n`;

const stream =
  (...chunks: readonly (string | Uint8Array)[]): RequestListener =>
  async (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    for (const chunk of chunks) {
      response.write(chunk);
      await new Promise(setImmediate);
    }
    response.end();
  };

const refusal =
  (status: number, body: string, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

describe('an answer over REST', () => {
  it('is parsed line by line, however the network splits it, with its model and usage', async () => {
    const bytes = new TextEncoder().encode(line({ response: 'Vier – ' }) + line({ response: 'four' }));
    const last = line({ response: '', done: true, eval_count: 2, eval_duration: 1e9, total_duration: 3e9 });
    const { text, chunks, failure } = await ask(stream(bytes.slice(0, 40), bytes.slice(40), last));
    expect([text, failure]).toEqual(['Vier – four', null]);
    expect(chunks.map(({ model }) => model)).toEqual(['small:1b', 'small:1b', 'small:1b']);
    expect(chunks.map(({ used }) => used)).toEqual([
      null,
      null,
      { tokens: 2, tokensPerSecond: 2, seconds: 3 },
    ]);
  });

  it.each([
    ['says why', line({ response: 'Half' }) + line({ error: 'Out of memory.' }), 'Out of memory.'],
    ['just ends', line({ response: 'Half' }), 'The answer broke off. Generate it again.'],
  ])('that breaks off and %s never looks whole', async (_what, body, message) => {
    const { text, failure } = await ask(stream(body));
    expect(text).toBe('Half');
    expect(failure).toMatchObject({ code: 'ENGINE_FAILED', message });
  });

  it('that is cut with its connection never looks complete', async () => {
    const { text, failure } = await ask((_request, response) => {
      response.write(line({ response: 'Half' }), () => setImmediate(() => response.destroy()));
    });
    expect([text, failure?.code]).toEqual(['Half', 'ENGINE_FAILED']);
  });

  it("shows the server's message when it is rejected", async () => {
    const { failure } = await ask(refusal(404, '{"detail":"Model \\"x\\" is not installed."}'));
    expect(failure).toMatchObject({ code: 'MODEL_NOT_FOUND', message: 'Model "x" is not installed.' });
    const slowed = await ask(refusal(429, '{"detail":"Too many."}', { 'Retry-After': '7' }));
    expect(slowed.failure).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 7 });
  });

  it('distinguishes a used-up quota from a rate limit', async () => {
    const headers = { 'Retry-After': '7200', 'X-Error-Code': 'QUOTA_EXCEEDED' };
    const { failure } = await ask(refusal(429, '{"detail":"Nothing is left."}', headers));
    expect(failure).toMatchObject({ code: 'QUOTA_EXCEEDED', retryAfter: 7200 });
  });

  it("does not show a proxy's error page", async () => {
    const { failure } = await ask(refusal(502, '<h1>Bad gateway</h1>'));
    expect(failure).toMatchObject({ code: 'UNREACHABLE' });
  });

  it('stops with the signal, and closes the request', async () => {
    const leaving = new AbortController();
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { failure } = await ask((_request, response) => {
      response.on('close', resolve);
      response.write(line({ response: 'Half' }), () => leaving.abort());
    }, leaving.signal);
    await left;
    expect(failure).toBe(leaving.signal.reason);
  });
});
