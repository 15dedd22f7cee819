import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Failure } from '../../errors/failures.ts';
import type { CachePolicy } from '../../generations/cache/key.ts';
import type { Generation } from '../../generations/generation.ts';
import type { Completion, CompletionChunk, WholeCompletion } from '../../generations/request/completion.ts';
import { sendJson, toFailure } from '../responses/json.ts';
import { openResponseStream, type ResponseStream } from '../responses/responseStream.ts';
import type { Exchange } from '../server/exchange.ts';

/** The maximum size of a completion request's body, in bytes: room for a few images. */
export const completionBodyLimit = 12 * 1024 * 1024;

/** The statuses of errors that a completion can end with, beside those of invalid input. */
export const completionErrors = [403, 404, 429, 502, 503, 504] as const;

/** For the descriptions of completions in the OpenAPI document. */
export const streamNote =
  'Closing the connection cancels the generation. A stream that fails ends with an error, so that it never looks complete.';

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
 * The time in which a completion that fails gets its own status instead of status 200 with the error in the stream, in ms.
 * Engines reject a request within this time. Later the headers are sent, since proxies wait for them.
 */
const statusWindowMs = 500;

/**
 * Sends the completion that `begin` starts, as a stream or as one document. Errors at the start are thrown, for a response
 * with its own status; later ones end the stream by `shape.failure`. The completion is cancelled when the client
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
    if (completion.modelReason !== null)
      exchange.response.setHeader('X-Model-Reason', completion.modelReason);
    if (isStream) await sendStream(exchange, completion, shape, signal);
    else sendJson(exchange, 200, shape.whole(await completion.whole(signal)));
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
  let stream: ResponseStream | null = null;
  const chunks = completion.chunks(signal, (chunk) => {
    // Checked first: some shapes number their chunks.
    if (!stream?.isIdle) return false;
    stream.writeNow(shape.chunk(chunk));
    return true;
  });
  const first = chunks.next();
  await settledWithin(first, statusWindowMs);
  const opened = openResponseStream(exchange.response, shape.contentType);
  try {
    await opened.write(shape.first(), signal);
    stream = opened;
    for (let next = await first; ; next = await chunks.next()) {
      if (next.done) return opened.end(shape.last(next.value));
      await opened.write(shape.chunk(next.value), signal);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    opened.end(shape.failure(toFailure(exchange, error)));
  } finally {
    await chunks.return(completion.generation);
  }
};

/** Resolves when the promise is fulfilled, or else after `ms`. Rejects if the promise is rejected before. */
const settledWithin = async (promise: Promise<unknown>, ms: number): Promise<void> => {
  const { promise: elapsed, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([promise, elapsed]);
  } finally {
    clearTimeout(timer);
  }
};

/** Returns a signal that aborts when the client disconnects before the response is complete. */
export const whileConnected = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  const onClose = () => {
    if (!response.writableFinished) controller.abort(new ClientDisconnected('the client disconnected'));
  };
  if (response.closed) onClose();
  else response.once('close', onClose);
  return controller.signal;
};
