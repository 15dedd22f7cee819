import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { httpStatusOf } from '../../../errors/failures.ts';
import type { Exchange } from '../../server/exchange.ts';
import { presentError, presentResult } from '../errors.ts';

/**
 * The last thing that happens to a result before it is sent over HTTP: its errors are presented, and those that came
 * before any field ran are given their status (GraphQL over HTTP, 6.4). Sockets do the same for theirs.
 */
export const useFailures = (): Plugin<object, { exchange: Exchange }> => ({
  onRequestParse({ requestParser, setRequestParser }) {
    if (!requestParser) return;
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        const told = error instanceof GraphQLError;
        if (request.signal.aborted || (told && error.extensions.http)) throw error;
        // Such as `variables` in the query string that are not JSON.
        throw new GraphQLError(
          told ? error.message : 'The query, the variables or the extensions are not well formed.',
          {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          },
        );
      }
    });
  },
  onResponse({ response }) {
    // Yoga has another value for event streams.
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
 * Yoga reads the status from `extensions.http`, and takes it out; `spec` says that a client that asks for
 * `application/json` gets 200, because the request itself was well formed.
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
