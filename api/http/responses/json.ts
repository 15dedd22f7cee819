import { Failure, storageFull } from '../../errors/failures.ts';
import { isDiskFull } from '../../errors/systemErrors.ts';
import { isClientDisconnect } from '../server/clientDisconnect.ts';
import type { Exchange } from '../server/exchange.ts';

/**
 * Sends a JSON document. A large one counts for its caller until it is sent: throws as `Exchange.holdAnswer` does, before
 * anything is sent.
 */
export const sendJson = (
  { response, holdAnswer }: Pick<Exchange, 'response' | 'holdAnswer'>,
  status: number,
  body: unknown,
): void => {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  holdAnswer(bytes);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes,
    'Cache-Control': 'no-store',
  });
  response.end(text);
};

/** Sends a REST error: `{"detail": …}` with the failure's status, and its code in `X-Error-Code`. Unexpected errors are logged and sent as 500. */
export const sendFailure = (exchange: Exchange, error: unknown): void => {
  sendFailureAs(exchange, error, ({ message }) => ({ detail: message }));
};

/** Sends an error like `sendFailure`, in another shape. */
export const sendFailureAs = (
  exchange: Exchange,
  error: unknown,
  shape: (failure: Failure) => object,
): void => {
  const { request, response } = exchange;
  const failure = toFailure(exchange, error);
  if (response.headersSent) {
    // A partial response must not look complete.
    response.destroy();
    return;
  }
  const { httpStatus, code, details } = failure;
  response.setHeader('X-Error-Code', code);
  if (typeof details.retryAfter === 'number')
    response.setHeader('Retry-After', Math.ceil(details.retryAfter));
  if (httpStatus === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // The unread rest of the body would be parsed as the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const body = shape(failure);
  try {
    sendJson(exchange, httpStatus, body);
  } catch (tooMuch) {
    // A failure may have the text of a model. The one that replaces it is short.
    sendFailureAs(exchange, tooMuch, shape);
  }
};

/** Returns the failure that a client may see. Unexpected errors are logged and masked as `INTERNAL`. */
export const toFailure = (exchange: Exchange, error: unknown): Failure => {
  const { requestId, log } = exchange;
  if (error instanceof Failure) return error;
  if (isDiskFull(error)) return storageFull(error);
  if (isClientDisconnect(exchange, error)) log.debug({ err: error }, 'request: client disconnected');
  else log.error({ err: error }, 'request: unexpected error');
  return internalFailure(requestId);
};

export const internalFailure = (requestId: string) =>
  new Failure('INTERNAL', `Something went wrong. Request id: ${requestId}`, { requestId });
