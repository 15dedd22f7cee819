import type { ServerResponse } from 'node:http';
import { Failure, storageFull } from '../../errors/failures.ts';
import { isDiskFull } from '../../errors/systemErrors.ts';
import { isClientDisconnect } from '../server/clientDisconnect.ts';
import type { Exchange } from '../server/exchange.ts';

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
};

/** A REST error: `{"detail": …}` with the failure's status. What was not foreseen is logged and told as a 500. */
export const sendFailure = (exchange: Exchange, error: unknown): void => {
  sendFailureAs(exchange, error, ({ message }) => ({ detail: message }));
};

/** As `sendFailure`, for an address whose errors have a shape of their own. */
export const sendFailureAs = (
  exchange: Exchange,
  error: unknown,
  shape: (failure: Failure) => object,
): void => {
  const { request, response } = exchange;
  const failure = toFailure(exchange, error);
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    response.destroy();
    return;
  }
  const { httpStatus, details } = failure;
  if (typeof details.retryAfter === 'number')
    response.setHeader('Retry-After', Math.ceil(details.retryAfter));
  if (httpStatus === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // The rest of a body that nobody reads would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  sendJson(response, httpStatus, shape(failure));
};

/** What may be told of an error. What was not foreseen is logged, and is `INTERNAL`. */
export const toFailure = (exchange: Exchange, error: unknown): Failure => {
  const { requestId, log } = exchange;
  if (error instanceof Failure) return error;
  if (isDiskFull(error)) return storageFull(error);
  if (isClientDisconnect(exchange, error)) log.debug({ err: error }, 'request: the client left');
  else log.error({ err: error }, 'unexpected error');
  return internalFailure(requestId);
};

export const internalFailure = (requestId: string) =>
  new Failure('INTERNAL', `Something went wrong. Request id: ${requestId}`, { requestId });
