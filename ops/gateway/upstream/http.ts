import { type ExecutionResult, print } from 'graphql';
import { downstreamError } from './errors.ts';
import { callerToken, type Upstream, type UpstreamRequest } from './request.ts';

/** The timeout of a query or a mutation, in milliseconds. */
const timeoutMs = 30_000;

const isResult = <Result>(body: unknown): body is ExecutionResult<Result> =>
  typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);

const failed = (name: string, problem: string, error?: unknown) => ({
  errors: [downstreamError(name, problem, error)],
});

/**
 * Executes an operation on a subgraph over HTTP, with the caller's token. Never rejects: failures are errors of the
 * result.
 */
export const executeOverHttp = async <Result>(
  { name, url }: Upstream,
  request: UpstreamRequest,
): Promise<ExecutionResult<Result>> => {
  const { document, variables, operationName, signal } = request;
  const token = callerToken(request);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: print(document), variables, operationName }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const body: unknown = await response.json().catch(() => null);
    return isResult<Result>(body)
      ? body
      : failed(name, `answered ${response.status} without a GraphQL result`);
  } catch (error) {
    return failed(name, limit.aborted ? `timed out after ${timeoutMs} ms` : 'is unreachable', error);
  }
};
