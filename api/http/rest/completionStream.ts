import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Failure } from '../../errors/failures.ts';
import type { Generation } from '../../generations/generation.ts';
import type { Completion, CompletionPiece, WholeCompletion } from '../../generations/request/completion.ts';
import { sendJson, tellable } from '../responses/answers.ts';
import type { Exchange } from '../server/exchange.ts';

/** How a protocol writes a completion. What `Whole` is to one answer the others are, one after another, to a stream. */
export interface CompletionShape {
  readonly contentType: string;
  whole(whole: WholeCompletion): object;
  /** Before the first piece. */
  first(): string;
  piece(piece: CompletionPiece): string;
  /** After the last piece of an answer that is complete. */
  last(generation: Generation): string;
  /** Instead of `last`, so that half an answer never looks whole. */
  failure(failure: Failure): string;
}

class ClientLeft extends Error {}

/**
 * Sends the completion that `begin` makes, as a stream or at once. Failures before the first piece are thrown, and have
 * a status of their own; later ones end the stream by `shape.failure`. A client that leaves cancels it, and so does the end of the
 * session or the key that it came by.
 */
export const sendCompletion = async (
  exchange: Exchange,
  begin: () => Promise<{ readonly completion: Completion; readonly shape: CompletionShape }>,
  isStream: boolean,
): Promise<void> => {
  const signal = whileConnected(exchange.response);
  await exchange.endWithAccess();
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
  const pieces = completion.pieces(signal);
  let next = await pieces.next();
  response.writeHead(200, {
    'Content-Type': shape.contentType,
    'Cache-Control': 'no-store',
    // nginx would gather the pieces.
    'X-Accel-Buffering': 'no',
  });
  try {
    response.write(shape.first());
    for (; !next.done; next = await pieces.next()) await write(response, shape.piece(next.value), signal);
    response.end(shape.last(next.value));
  } catch (error) {
    if (signal.aborted) throw error;
    response.end(shape.failure(tellable(exchange, error)));
  } finally {
    await pieces.return(completion.generation);
  }
};

/** Waits where the client reads slower than the answer comes. */
const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (!response.write(text)) await once(response, 'drain', { signal });
};

/** Aborts when the client leaves before it has the whole response. */
const whileConnected = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  const leave = () => {
    if (!response.writableFinished) controller.abort(new ClientLeft('the client left'));
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return controller.signal;
};
