/** The server's closed list of codes, and `UNREACHABLE` for a request that never got an answer. */
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
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'CONFLICT'
  | 'TOO_COMPLEX'
  | 'INTERNAL'
  | 'UNREACHABLE';

/** An answer that says no, or no answer at all. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: FailureCode;
  /** Seconds to wait before the next try, where the server says so. */
  readonly retryAfter: number | null;

  constructor(code: FailureCode, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export const unreachable = (): RequestFailure =>
  new RequestFailure('UNREACHABLE', 'The server does not answer. Check your connection and try again.');

/** One error of a GraphQL answer, as it came over the wire. */
export interface GraphQLAnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export const failureOf = ({ message, extensions }: GraphQLAnswerError): RequestFailure => {
  const code = typeof extensions?.code === 'string' ? (extensions.code as FailureCode) : 'INTERNAL';
  const retryAfter = typeof extensions?.retryAfter === 'number' ? extensions.retryAfter : null;
  return new RequestFailure(code, message, retryAfter);
};

/** What a person is told. The server's own words say what was wrong and what to do, except where it hid them. */
export const wordsFor = (error: unknown): string => {
  if (!(error instanceof RequestFailure))
    return 'Something went wrong in this page. Try again, or reload it.';
  return error.code === 'INTERNAL'
    ? 'Something went wrong on the server. Try again in a moment.'
    : error.message;
};
