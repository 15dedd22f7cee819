/** What the service itself says went wrong. */
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
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'CONFLICT'
  | 'TOO_COMPLEX'
  | 'INTERNAL';

/**
 * What a client finds out:
 *
 * - `UNREACHABLE`: no answer, for as long as it was tried
 * - `UNEXPECTED_ANSWER`: an answer, but not one of this service: mostly a wrong address
 * - `INTERRUPTED`: the server stopped in mid-answer, and the answer was not, or could not be, taken up again
 * - `RESTARTED`: the answer was begun again and says something else than what was read of it
 * - `DETACHED`: reading was left; the answer goes on at the server
 * - `CLOSED`: the client was closed
 */
export type ClientErrorCode =
  | 'UNREACHABLE'
  | 'UNEXPECTED_ANSWER'
  | 'INTERRUPTED'
  | 'RESTARTED'
  | 'DETACHED'
  | 'CLOSED';

/** One of the known codes, or one that a newer server has. */
export type ErrorCode = ServerErrorCode | ClientErrorCode | (string & Record<never, never>);

/** Every failure of the client, but an abort, which rejects with the signal's reason. `message` says what to do. */
export class ZiggieError extends Error {
  override readonly name = 'ZiggieError';
  readonly code: ErrorCode;
  /** Seconds to wait before the next try, where the server says so. */
  readonly retryAfter: number | null;
  /** Further facts that the server gave beside the code, such as `models` with `MODEL_NOT_FOUND`. */
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

/** An error of a GraphQL answer, as it comes over the wire. */
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
