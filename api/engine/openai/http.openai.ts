import { engineFailed } from '../../errors/failures.ts';
import { OpenAIError } from './failure.openai.ts';

/** Maximum bytes of a response that isn't a stream. 2,048 embeddings of 4,096 numbers have about 160 MB. */
const maxBodyLength = 256 << 20;
/** Maximum characters of an error message; the rest is cut off. */
const maxErrorLength = 1_000;
/** Maximum characters of an event. One with a token has a few hundred. */
const maxEventLength = 1 << 20;

/** An OpenAI-compatible server. */
export interface OpenAIServer {
  /** The address of its API: `http://host:8000/v1`. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly fetch: typeof fetch;
}

const prefix = 'openai+';

/** Whether an address names an OpenAI-compatible server: `openai+http://host:8000/v1`. */
export const isOpenAIAddress = (address: string): boolean => address.startsWith(prefix);

/** Returns the address without its prefix and without a slash at its end. */
export const openAIUrlOf = (address: string): string => address.slice(prefix.length).replace(/\/+$/, '');

/** Requests `path` below the server's address. Throws an `OpenAIError` unless the status is 2xx. */
export async function requestOpenAI(
  { url, apiKey, fetch: fetching }: OpenAIServer,
  path: string,
  signal: AbortSignal,
  body?: object,
): Promise<Response> {
  const response = await fetching(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: body === undefined ? 'application/json' : 'application/json, text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
    redirect: 'manual',
  });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw engineFailed('The engine answered with a redirect, which is not followed.', {
      operatorMessage: `${url} answered with a redirect, which is not followed. Check ENGINE_URL.`,
    });
  }
  if (!response.ok) throw errorOf(response.status, await textOf(response));
  return response;
}

/** Returns the JSON of a response. Throws `ENGINE_FAILED` if it is too large or isn't JSON. */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await textOf(response);
  try {
    return JSON.parse(text);
  } catch {
    throw engineFailed('The engine sent an answer that is not JSON.', {
      operatorMessage: `The engine sent an answer that is not JSON: ${text.slice(0, 200)}. ENGINE_URL must end with the path of the API, usually /v1.`,
    });
  }
}

/** Yields the data of the server-sent events, without `[DONE]`. Throws an `OpenAIError` for an event with an error. */
export async function* eventsOf(response: Response): AsyncGenerator<unknown, void, undefined> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('text/event-stream') || response.body === null) {
    await response.body?.cancel();
    throw engineFailed('The engine did not stream its answer.', {
      operatorMessage: `The engine answered with ${type || 'no content'} instead of a stream of events.`,
    });
  }
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > maxEventLength) throw engineFailed('The engine sent an event that is too long.');
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      if (data === '[DONE]') return;
      yield parseEvent(data);
    }
  }
  throw engineFailed('The engine ended the answer before it was done.');
}

function parseEvent(data: string): unknown {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    throw engineFailed('The engine sent a broken event in the middle of the answer.');
  }
  if (isObject(event) && event.error) throw errorOf(Number(Object(event.error).code) || 500, data);
  return event;
}

/** Converts an error body: OpenAI's `{error: {message, type, code}}`, FastAPI's `{detail}`, vLLM's old `{message}`. */
function errorOf(status: number, text: string): OpenAIError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return new OpenAIError(status, text.slice(0, maxErrorLength));
  }
  const outer = isObject(body) ? body : {};
  const error = isObject(outer.error) ? outer.error : outer;
  const message = error.message ?? outer.error ?? outer.detail ?? text;
  const code = typeof error.code === 'string' ? error.code : typeof error.type === 'string' ? error.type : '';
  const shown = typeof message === 'string' ? message : JSON.stringify(message);
  const limit = typeof error.n_ctx === 'number' ? error.n_ctx : null;
  return new OpenAIError(status, shown.slice(0, maxErrorLength), code, limit);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function textOf(response: Response): Promise<string> {
  let bytes = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyLength) throw engineFailed('The engine sent a response that is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
