/** The error codes of the service. */
export type ServerErrorCode =
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
  | 'TOOL_FAILED'
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'CONFLICT'
  | 'TOO_COMPLEX'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'INTERNAL';

/**
 * The error codes of the client:
 *
 * - `UNREACHABLE`: no response until the retries ended
 * - `UNEXPECTED_ANSWER`: a response that is not from this service, usually because of a wrong address
 * - `INTERRUPTED`: the server stopped during the answer, and the answer was not or could not be continued
 * - `RESTARTED`: the answer was restarted and differs from the part that was read
 * - `DETACHED`: reading was stopped; the answer continues on the server
 * - `CLOSED`: the client was closed
 */
export type ClientErrorCode =
  | 'UNREACHABLE'
  | 'UNEXPECTED_ANSWER'
  | 'INTERRUPTED'
  | 'RESTARTED'
  | 'DETACHED'
  | 'CLOSED';

/** A known code, or one of a newer server. */
export type ErrorCode = ServerErrorCode | ClientErrorCode | (string & Record<never, never>);

/** The error of every failure except an abort, which rejects with the signal's reason. `message` says what to do. */
export class ZiggieError extends Error {
  override readonly name = 'ZiggieError';
  readonly code: ErrorCode;
  /** Seconds to wait before a retry, if the server sent them. */
  readonly retryAfter: number | null;
  /** Further fields that the server sent beside the code, such as `models` with `MODEL_NOT_FOUND`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
    this.retryAfter = typeof details.retryAfter === 'number' ? details.retryAfter : null;
  }
}

/** An error of a GraphQL response, as received. */
export interface GraphQLAnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export const errorOf = ({
  message,
  extensions: { code, ...details } = {},
}: GraphQLAnswerError): ZiggieError =>
  new ZiggieError(typeof code === 'string' ? code : 'INTERNAL', message, details);

export const unreachable = (url: string, cause?: unknown): ZiggieError =>
  new ZiggieError(
    'UNREACHABLE',
    `${url} does not answer. Check the address and the network, and try again.`,
    {},
    { cause },
  );

export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is ZiggieError =>
  error instanceof ZiggieError && codes.includes(error.code);
