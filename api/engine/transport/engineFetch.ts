import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { context, propagation } from '@opentelemetry/api';

const agents = {
  'http:': new HttpAgent({ keepAlive: true }),
  'https:': new HttpsAgent({ keepAlive: true }),
} as const;

/**
 * A `fetch` for engines without the limits of Node's own, which fails after 300 s without headers, or without a chunk of
 * the body: loading a large model takes longer. The signal is the only limit. Doesn't follow redirects. The body must be a
 * string.
 */
export const engineFetch: typeof fetch = async (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const { method = 'GET', body = null, signal } = init;
  signal?.throwIfAborted();
  if (body !== null && typeof body !== 'string') throw new TypeError('The body must be a string.');
  const headers = Object.fromEntries(new Headers(init.headers));
  // Adds `traceparent`; without tracing, nothing.
  propagation.inject(context.active(), headers);
  const send = () => respond(url, { method, headers, body, signal: signal ?? undefined });
  try {
    return await send();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StaleConnection)) throw error;
    return send();
  }
};

/** The server closed an idle connection at the moment when it was used again, so that it never read the request. */
class StaleConnection extends Error {}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | undefined;
}

const respond = (url: URL, { method, headers, body, signal }: Sent): Promise<Response> =>
  new Promise((resolve, reject) => {
    const isHttps = url.protocol === 'https:';
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = (isHttps ? httpsRequest : httpRequest)(url, {
      method,
      headers: { ...headers, ...length },
      agent: agents[isHttps ? 'https:' : 'http:'],
      signal,
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason);
      else if (request.reusedSocket && error.code === 'ECONNRESET') reject(new StaleConnection());
      else reject(error);
    });
    request.on('response', (message) => resolve(responseOf(message)));
    request.end(body ?? undefined);
  });

/** Statuses of which a `Response` accepts no body. */
const withoutBody = new Set([204, 205, 304]);

const responseOf = (message: IncomingMessage): Response => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const each of [value].flat()) if (each !== undefined) headers.append(name, each);
  }
  const status = message.statusCode ?? 500;
  if (withoutBody.has(status)) message.resume();
  const body = withoutBody.has(status) ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
};
