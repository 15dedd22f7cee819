import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Failure } from '../../errors/failures.ts';
import type { CachePolicy } from '../../generations/cache/key.ts';
import type { Generation } from '../../generations/generation.ts';
import type { Completion, CompletionChunk, WholeCompletion } from '../../generations/request/completion.ts';
import { sendJson, toFailure } from '../responses/json.ts';
import type { Exchange } from '../server/exchange.ts';

/** The maximum size of a completion request's body, in bytes: room for a few images. */
export const completionBodyLimit = 12 * 1024 * 1024;

/** Returns how a request may use the response cache, by `Cache-Control` (RFC 9111, 5.2.1); null: as usual. */
export const cachePolicyOf = (headers: IncomingHttpHeaders): CachePolicy | null => {
  const directives = (headers['cache-control'] ?? '').split(',').map((part) => part.trim().toLowerCase());
  if (directives.includes('no-store')) return 'BYPASS';
  return directives.includes('no-cache') ? 'REFRESH' : null;
};

/** The wire format of a completion, as one JSON document or as a stream. */
export interface CompletionShape {
  /** The content type of a stream. */
  readonly contentType: string;
  /** The JSON document of a complete answer. */
  whole(whole: WholeCompletion): object;
  /** The start of a stream. */
  first(): string;
  chunk(chunk: CompletionChunk): string;
  /** The end of a stream that is complete. */
  last(generation: Generation): string;
  /** The end of a stream that failed, so that a partial answer never looks complete. */
  failure(failure: Failure): string;
}

class ClientDisconnected extends Error {}

/**
 * Sends the completion that `begin` starts, as a stream or as one document. Errors before the first chunk are thrown, for
 * a response with its own status; later ones end the stream by `shape.failure`. The completion is cancelled when the client
 * disconnects, or when its session, API key or token ends.
 */
export const sendCompletion = async (
  exchange: Exchange,
  begin: () => Promise<{ readonly completion: Completion; readonly shape: CompletionShape }>,
  isStream: boolean,
): Promise<void> => {
  const signal = whileConnected(exchange.response);
  await exchange.destroyOnAccessEnd();
  await exchange.openStream();
  try {
    const { completion, shape } = await begin();
    if (isStream) await sendStream(exchange, completion, shape, signal);
    else sendJson(exchange.response, 200, shape.whole(await completion.whole(signal)));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const sendStream = async (
  exchange: Exchange,
  completion: Completion,
  shape: CompletionShape,
  signal: AbortSignal,
): Promise<void> => {
  const { response } = exchange;
  const chunks = completion.chunks(signal);
  let next = await chunks.next();
  response.writeHead(200, {
    'Content-Type': shape.contentType,
    'Cache-Control': 'no-store',
    // Keeps nginx from buffering the stream.
    'X-Accel-Buffering': 'no',
  });
  try {
    response.write(shape.first());
    for (; !next.done; next = await chunks.next()) await write(response, shape.chunk(next.value), signal);
    response.end(shape.last(next.value));
  } catch (error) {
    if (signal.aborted) throw error;
    response.end(shape.failure(toFailure(exchange, error)));
  } finally {
    await chunks.return(completion.generation);
  }
};

/** Writes to the response, and waits while the client reads slower than the engine writes. */
const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (!response.write(text)) await once(response, 'drain', { signal });
};

/** Returns a signal that aborts when the client disconnects before the response is complete. */
const whileConnected = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  const onClose = () => {
    if (!response.writableFinished) controller.abort(new ClientDisconnected('the client disconnected'));
  };
  if (response.closed) onClose();
  else response.once('close', onClose);
  return controller.signal;
};
