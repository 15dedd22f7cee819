import { Ollama } from 'ollama';
import { engineFailed } from '../../errors/failures.ts';
import { OllamaError } from './failure.ollama.ts';
import { checkedLines } from './lines.ollama.ts';

/** Bytes of an answer that isn't a stream: the details of a model may have a megabyte or two. */
const maxBodyLength = 32 << 20;
/** Characters kept of an error. */
const maxErrorLength = 1_000;

export interface OllamaAddress {
  /** Without name and password. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads `http://host:port`, with or without a name and password, which go into a header: fetch() takes none in an address. */
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
 * The npm client, for one request. A client of its own for each, because it remembers every stream that wasn't read to
 * its end; the connections, kept alive, belong to fetch() and are shared by all. `signal` ends the request at any time,
 * also before the first byte, when the client itself couldn't. `onBroken` is told why a stream that
 * breaks does, before its reader meets an error without a name.
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
        throw engineFailed('The engine redirects elsewhere, and redirects are not followed.', {
          operatorMessage: `${address.host} redirects elsewhere, and redirects are not followed.`,
        });
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

async function errorText(response: Response): Promise<string> {
  const text = await new Response(response.body?.pipeThrough(bounded(maxBodyLength))).text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) {
      return String(body.error).slice(0, maxErrorLength);
    }
  } catch {
    // Not JSON: a proxy's page, perhaps.
  }
  return text.slice(0, maxErrorLength);
}

function bounded(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(piece, controller) {
      bytes += piece.byteLength;
      if (bytes > limit) controller.error(engineFailed('Ollama sent more than is sensible.'));
      else controller.enqueue(piece);
    },
  });
}
