/** The server's error codes, and `UNREACHABLE` for a request that got no response. */
export type FailureCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'MODEL_NOT_FOUND'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'PROMPT_TOO_LARGE'
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_TIMEOUT'
  | 'ENGINE_FAILED'
  | 'OUTPUT_INVALID'
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'CONFLICT'
  | 'TOO_COMPLEX'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'INTERNAL'
  | 'UNREACHABLE';

/** A request that the server rejected, or that got no response. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: FailureCode;
  /** Seconds to wait before a retry, if the server sent them. */
  readonly retryAfter: number | null;

  constructor(code: FailureCode, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export const unreachable = (): RequestFailure =>
  new RequestFailure('UNREACHABLE', 'The server does not answer. Check your connection and try again.');

/** An error of a GraphQL response, as received. */
export interface GraphQLAnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export const failureOf = ({ message, extensions }: GraphQLAnswerError): RequestFailure => {
  const code = typeof extensions?.code === 'string' ? (extensions.code as FailureCode) : 'INTERNAL';
  const retryAfter = typeof extensions?.retryAfter === 'number' ? extensions.retryAfter : null;
  return new RequestFailure(code, message, retryAfter);
};

/** Returns the text to show for an error: the server's message, unless the server masked it. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof RequestFailure))
    return 'Something went wrong in this page. Try again, or reload it.';
  return error.code === 'INTERNAL'
    ? 'Something went wrong on the server. Try again in a moment.'
    : error.message;
};
