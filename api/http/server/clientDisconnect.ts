import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemCode } from '../../errors/systemErrors.ts';

/** Node's error codes for a connection that the other side has closed. */
const disconnectCodes = new Set([
  'ECONNRESET',
  'EPIPE',
  'ABORT_ERR',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
]);

/** A request and its response. Both are absent for operations on a socket. */
interface RequestAndResponse {
  readonly request?: Pick<IncomingMessage, 'destroyed' | 'complete'>;
  readonly response?: Pick<ServerResponse, 'closed' | 'writableFinished'>;
}

/**
 * Whether an error only means that the client disconnected before its request or its response was complete. While the
 * client is connected, the same error comes from another connection, such as a store's.
 */
export const isClientDisconnect = ({ request, response }: RequestAndResponse, error: unknown): boolean => {
  const isDisconnected =
    (request?.destroyed === true && !request.complete) ||
    (response?.closed === true && !response.writableFinished);
  const isConnectionError =
    disconnectCodes.has(systemCode(error) ?? '') || (error instanceof Error && error.name === 'AbortError');
  return isDisconnected && isConnectionError;
};

/** Returns a signal that aborts when the client disconnects. */
export const disconnectOf = ({ response }: { readonly response: ServerResponse }): AbortSignal => {
  const controller = new AbortController();
  response.once('close', () => controller.abort(new Error('the client disconnected')));
  return controller.signal;
};
