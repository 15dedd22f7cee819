import { withoutAddresses } from './redact.ts';

/** All error codes that clients see in `extensions.code`, with the HTTP status of each in REST. */
export const httpStatusOf = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  MODEL_NOT_FOUND: 404,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  PROMPT_TOO_LARGE: 413,
  ENGINE_UNAVAILABLE: 503,
  ENGINE_TIMEOUT: 504,
  ENGINE_FAILED: 502,
  OUTPUT_INVALID: 502,
  TOOL_FAILED: 502,
  SERVICE_UNAVAILABLE: 503,
  STORAGE_FULL: 507,
  CONFLICT: 409,
  TOO_COMPLEX: 400,
  // Clients of Apollo's protocol treat other statuses as failures of the network.
  PERSISTED_QUERY_NOT_FOUND: 200,
  INTERNAL: 500,
} as const;

export type FailureCode = keyof typeof httpStatusOf;

export interface FailureOptions extends ErrorOptions {
  readonly operatorMessage?: string;
}

/**
 * An expected error. Its message tells the user what happened and what to do. Any other error is masked as `INTERNAL` and
 * logged with the request id.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** Further data for programs, such as `retryAfter` in seconds. Clients get it in `extensions`, beside `code`. */
  readonly details: Readonly<Record<string, unknown>>;

  /** The message for administrators and the log. It may have addresses and file paths, which users must not see. */
  readonly operatorMessage: string;

  constructor(
    code: FailureCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: FailureOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
    this.operatorMessage = options?.operatorMessage ?? message;
  }

  get httpStatus(): number {
    return httpStatusOf[this.code];
  }
}

/** Whether the store, Redis or the engine is unavailable at the moment, so that a retry may succeed. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Failure && (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'ENGINE_UNAVAILABLE');

/** Whether the same may succeed later without a change: something is unavailable at the moment, or the disk is full. */
export const isTemporary = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof Failure && error.code === 'STORAGE_FULL');

export const unauthenticated = (message = 'Sign in first.') => new Failure('UNAUTHENTICATED', message);

export const forbidden = (message: string) => new Failure('FORBIDDEN', message);

export const badInput = (field: string, message: string) => new Failure('BAD_USER_INPUT', message, { field });

/** The failure for an unknown id and for the id of another user alike, so that ids reveal nothing. */
export const notFound = (noun: string) => new Failure('NOT_FOUND', `There is no such ${noun}.`);

export const modelNotFound = (requested: string, names: readonly string[]) =>
  new Failure(
    'MODEL_NOT_FOUND',
    names.length === 0
      ? `Model "${requested}" is not installed. No model is installed yet.`
      : `Model "${requested}" is not installed. Installed models: ${names.join(', ')}.`,
    { asked: requested, models: names },
  );

/** `tokens` is the size of the prompt, `limit` the context length of the model, both in tokens. */
export const promptTooLarge = (tokens: number, limit: number) =>
  new Failure(
    'PROMPT_TOO_LARGE',
    `The prompt has about ${tokens} tokens; the context of the model has ${limit}. Shorten the prompt, or choose a model with a longer context.`,
    { tokens, limit },
  );

/** The failure for a prompt that is rejected by its length in characters, before its tokens are counted. */
export const promptTooLong = (characters: number, limit: number) =>
  new Failure(
    'PROMPT_TOO_LARGE',
    `The prompt has ${characters} characters; the limit is ${limit}. Shorten it.`,
    { characters, limit },
  );

/** Creates failures of engines and stores. Users see the message without addresses and file paths. */
const backendFailure = (code: FailureCode) => (message: string, options?: FailureOptions) =>
  new Failure(code, withoutAddresses(message), {}, { operatorMessage: message, ...options });

/** The store or Redis is unavailable at the moment. */
export const serviceUnavailable = backendFailure('SERVICE_UNAVAILABLE');

/** The disk of the store is full. Reads still work. */
export const storageFull = (cause?: unknown) =>
  new Failure(
    'STORAGE_FULL',
    'Nothing can be saved: the disk of the server is full. Saved data can still be read. Ask an administrator to free some space, then try again.',
    {},
    cause === undefined ? undefined : { cause },
  );

export const engineUnavailable = backendFailure('ENGINE_UNAVAILABLE');

export const engineTimeout = backendFailure('ENGINE_TIMEOUT');

export const engineFailed = backendFailure('ENGINE_FAILED');
