import { Ollama } from 'ollama';
import { engineFailed, type Failure } from '../../errors/failures.ts';
import { OllamaError } from './failure.ollama.ts';
import { checkedLines } from './lines.ollama.ts';

/** Maximum bytes of a response that isn't a stream. The details of a model may have one or two megabytes. */
const maxBodyLength = 32 << 20;
/** Maximum characters of an error message; the rest is cut off. */
const maxErrorLength = 1_000;

export interface OllamaAddress {
  /** The address without credentials. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Parses `http://host:port`. Credentials in it move to a header, because fetch() accepts none in a URL. */
export function parseAddress(url: string): OllamaAddress {
  const parsed = new URL(url.includes('://') ? url : `http://${url}`);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  const host = parsed.href.replace(/\/+$/, '');
  if (username === '' && password === '') return { host, headers: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { host, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/**
 * Creates an npm client for one request. Each request gets its own, because a client keeps a reference to every stream that
 * wasn't read to its end; all share the connections of fetch(). `signal` aborts the request at any time; the client itself
 * can't before the first byte. `onBroken` gets the reason why a stream breaks, before its reader gets a generic error.
 */
export function ollamaClient(
  address: OllamaAddress,
  signal: AbortSignal,
  fetching = fetch,
  onBroken: (error: Error) => void = () => undefined,
): Ollama {
  return new Ollama({
    host: address.host,
    headers: address.headers,
    fetch: async (input, init) => {
      const response = await fetching(input, { ...init, signal, redirect: 'manual' });
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        throw redirectFailure(address.host);
      }
      if (!response.ok) throw new OllamaError(response.status, await errorText(response));
      const isStream = response.headers.get('content-type')?.includes('ndjson') ?? false;
      const body = response.body?.pipeThrough(isStream ? checkedLines(onBroken) : bounded(maxBodyLength));
      return new Response(body, { status: response.status, headers: response.headers });
    },
  });
}

/** Whether an Ollama answers at `url` within `ms` milliseconds. */
export async function probeOllama(url: string, ms: number, signal?: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.timeout(ms);
  try {
    const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const { version } = await ollamaClient(parseAddress(url), either).version();
    return typeof version === 'string';
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

export const redirectFailure = (host: string): Failure =>
  engineFailed('The engine answered with a redirect, which is not followed.', {
    operatorMessage: `${host} answered with a redirect, which is not followed. Check OLLAMA_URL.`,
  });

async function errorText(response: Response): Promise<string> {
  return errorTextOf(await new Response(response.body?.pipeThrough(bounded(maxBodyLength))).text());
}

/** Returns the message in the body of an error. */
export function errorTextOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) {
      return String(body.error).slice(0, maxErrorLength);
    }
  } catch {
    // Not JSON, such as the error page of a proxy.
  }
  return text.slice(0, maxErrorLength);
}

function bounded(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limit) controller.error(engineFailed('Ollama sent a response that is too large.'));
      else controller.enqueue(chunk);
    },
  });
}
