import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemCode } from '../../errors/systemErrors.ts';

/** What Node says of a connection that the other side has ended. */
const codes = new Set([
  'ECONNRESET',
  'EPIPE',
  'ABORT_ERR',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
]);

/** The two ends of an HTTP exchange, where there is one. */
interface Ends {
  readonly request?: Pick<IncomingMessage, 'destroyed' | 'complete'>;
  readonly response?: Pick<ServerResponse, 'closed' | 'writableFinished'>;
}

/**
 * Whether an error says only that the client left before its request or its answer was complete. The same error while
 * the client is there comes from another connection, such as that of a store.
 */
export const isClientGone = ({ request, response }: Ends, error: unknown): boolean => {
  const hasLeft =
    (request?.destroyed === true && !request.complete) ||
    (response?.closed === true && !response.writableFinished);
  const says = codes.has(systemCode(error) ?? '') || (error instanceof Error && error.name === 'AbortError');
  return hasLeft && says;
};
