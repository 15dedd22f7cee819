import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { httpStatusOf } from '../../../errors/failures.ts';
import type { Exchange } from '../../server/exchange.ts';
import { presentError, presentResult } from '../errors.ts';

/**
 * Presents the errors of each result before it is sent over HTTP. Errors from before any field ran get their HTTP status
 * (GraphQL over HTTP, 6.4). Sockets present their errors themselves.
 */
export const useFailures = (): Plugin<object, { exchange: Exchange }> => ({
  onRequestParse({ requestParser, setRequestParser }) {
    if (!requestParser) return;
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        const isReported = error instanceof GraphQLError;
        if (request.signal.aborted || (isReported && error.extensions.http)) throw error;
        // For example `variables` in the query string that are not JSON.
        throw new GraphQLError(
          isReported ? error.message : 'The query, the variables or the extensions are malformed.',
          {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          },
        );
      }
    });
  },
  onResponse({ response }) {
    // Yoga sets another value for event streams.
    response.headers.set('Cache-Control', 'no-store');
  },
  onResultProcess({ result, setResult, serverContext: { exchange } }) {
    const present = (one: ExecutionResult) => {
      const executed = 'data' in one || 'incremental' in one;
      return presentResult(one, (error) => withStatus(error, presentError(error, exchange), executed));
    };
    if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, present));
    else setResult(Array.isArray(result) ? result.map(present) : present(result));
  },
});

/**
 * Sets the status in `extensions.http`, which Yoga reads and removes. With `spec`, a client that accepts `application/json`
 * gets 200, because the request itself was well formed.
 */
const withStatus = (thrown: unknown, error: GraphQLError, executed: boolean): GraphQLError => {
  if (executed || error.path) return error;
  const yogas = thrown instanceof GraphQLError ? thrown.extensions : {};
  const code = error.extensions.code as keyof typeof httpStatusOf;
  const status = yogas.http?.status ?? httpStatusOf[code];
  const ofDocument = yogas.code !== 'BAD_REQUEST' && status === 400;
  error.extensions.http = {
    status,
    ...(ofDocument && { spec: true }),
    headers: { ...yogas.http?.headers, ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }) },
  };
  return error;
};
