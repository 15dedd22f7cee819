import { errorOf, type GraphQLAnswerError, hasCode, unreachable, ZiggieError } from '../errors.ts';
import type { TypedDocument } from './document.ts';
import { type RetryOptions, retry } from './retry.ts';
import type { Tokens } from './tokens.ts';

/** How long one try may take, in milliseconds. */
const maxTryMs = 30_000;

/** Statuses of a proxy in front of an unavailable server. */
const unavailableStatuses = [408, 425, 429, 502, 503, 504];

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds; default: the client's for requests. */
  readonly timeoutMs?: number;
  readonly mayRetry?: RetryOptions['mayRetry'];
}

/** Runs a query or a mutation, and retries it if no response arrives: mutations must be idempotent. */
export type Request = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Result>;

export interface RequestsDeps {
  readonly url: string;
  readonly tokens: Tokens;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
}

export const createRequest = (deps: RequestsDeps): Request => {
  const post = async <Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Result> => {
    const answer = await answerOf(
      deps,
      JSON.stringify({ query: document.toString(), variables }),
      token,
      signal,
    );
    const [error] = answer.errors ?? [];
    if (error) throw errorOf(error);
    if (!answer.data) throw new ZiggieError('UNEXPECTED_ANSWER', `${deps.url} gave an answer without data.`);
    return answer.data as Result;
  };

  return (document, variables, { signal, timeoutMs = deps.timeoutMs, mayRetry } = {}) => {
    const until = signal ? AbortSignal.any([signal, deps.closed]) : deps.closed;
    const run = async (token: string | null) => {
      try {
        return await post(document, variables, token, until);
      } catch (error) {
        if (hasCode(error, 'UNAUTHENTICATED')) deps.tokens.refuse(token);
        throw error;
      }
    };
    return retry(run, { tokens: deps.tokens, timeoutMs, signal: until, ...(mayRetry && { mayRetry }) });
  };
};

interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLAnswerError[];
}

const answerOf = async (
  { url, fetch }: RequestsDeps,
  body: string,
  token: string | null,
  signal: AbortSignal,
): Promise<GraphQLAnswer> => {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(maxTryMs)]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url, error);
  }
  const answer = parse(text);
  if (answer) return answer;
  if (unavailableStatuses.includes(status)) throw unreachable(url, new Error(`HTTP ${status}`));
  throw new ZiggieError(
    'UNEXPECTED_ANSWER',
    `${url} answered ${status}, and not as a GraphQL server does. Check the address.`,
  );
};

const parse = (text: string): GraphQLAnswer | null => {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isAnswer ? (value as GraphQLAnswer) : null;
  } catch {
    return null;
  }
};
