import { type ExecutionResult, print } from 'graphql';
import { downstreamError } from './errors.ts';
import { callerToken, type Upstream, type UpstreamRequest } from './request.ts';

/** How long a subgraph may take to answer a query or a mutation, in milliseconds. */
const answerMs = 30_000;

const isResult = <Result>(body: unknown): body is ExecutionResult<Result> =>
  typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);

const failed = (name: string, what: string, error?: unknown) => ({
  errors: [downstreamError(name, what, error)],
});

/** Asks a subgraph over HTTP, in the caller's name. Never rejects: what fails is an error of the result. */
export const executeOverHttp = async <Result>(
  { name, url }: Upstream,
  request: UpstreamRequest,
): Promise<ExecutionResult<Result>> => {
  const { document, variables, operationName, signal } = request;
  const token = callerToken(request);
  const limit = AbortSignal.timeout(answerMs);
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
    return isResult<Result>(body) ? body : failed(name, `answered ${response.status}, and not as GraphQL`);
  } catch (error) {
    return failed(name, limit.aborted ? `did not answer within ${answerMs} ms` : 'does not answer', error);
  }
};
