import { withoutAddresses } from './redact.ts';

/** The closed list of error codes that clients see in `extensions.code`, with the HTTP status REST gives each. */
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
  SERVICE_UNAVAILABLE: 503,
  STORAGE_FULL: 507,
  CONFLICT: 409,
  TOO_COMPLEX: 400,
  INTERNAL: 500,
} as const;

export type FailureCode = keyof typeof httpStatusOf;

export interface FailureOptions extends ErrorOptions {
  readonly operatorMessage?: string;
}

/**
 * A failure that was foreseen: its message is for the person who meets it, and says what was wrong and what to do.
 * Anything else that is thrown is masked as `INTERNAL` and logged with the request id.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** Further facts for programs, such as `retryAfter` in seconds. They stand beside `code` in `extensions`. */
  readonly details: Readonly<Record<string, unknown>>;

  /** The same for administrators and the log: it may have addresses and paths of files, which users don't see. */
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

/** Whether the failure is temporary: the store, Redis or the engine is unavailable, and may be used again later. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Failure && (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'ENGINE_UNAVAILABLE');

export const unauthenticated = (message = 'Sign in first.') => new Failure('UNAUTHENTICATED', message);

export const forbidden = (message: string) => new Failure('FORBIDDEN', message);

export const badInput = (field: string, message: string) => new Failure('BAD_USER_INPUT', message, { field });

/** A foreign id and an absent one get this same answer, so that ids tell nothing. */
export const notFound = (noun: string) => new Failure('NOT_FOUND', `There is no such ${noun}.`);

export const modelNotFound = (asked: string, names: readonly string[]) =>
  new Failure(
    'MODEL_NOT_FOUND',
    names.length === 0
      ? `There is no model "${asked}": no model is installed yet.`
      : `There is no model "${asked}". Installed: ${names.join(', ')}.`,
    { asked, models: names },
  );

/** `tokens` is what the prompt needs, `limit` what the model takes in one context, both in tokens. */
export const promptTooLarge = (tokens: number, limit: number) =>
  new Failure(
    'PROMPT_TOO_LARGE',
    `The prompt has about ${tokens} tokens, and the model takes ${limit} in all. Shorten it, or choose a model with a longer context.`,
    { tokens, limit },
  );

/** Refused by its length in characters, before the model is asked what it has in tokens. */
export const promptTooLong = (characters: number, limit: number) =>
  new Failure(
    'PROMPT_TOO_LARGE',
    `The prompt has ${characters} characters, and ${limit} is the most that is taken. Shorten it.`,
    { characters, limit },
  );

/** Errors of engines and stores name addresses and files: users see them without, `operatorMessage` has all of it. */
const ofBackend = (code: FailureCode) => (message: string, options?: FailureOptions) =>
  new Failure(code, withoutAddresses(message), {}, { operatorMessage: message, ...options });

/** The store or Redis can't be used at the moment. */
export const serviceUnavailable = ofBackend('SERVICE_UNAVAILABLE');

/** The disk of the store is full: nothing can be written until an administrator frees some space. */
export const storageFull = (cause?: unknown) =>
  new Failure(
    'STORAGE_FULL',
    'Nothing can be saved: the disk of the server is full. What is stored can still be read. Tell your administrator to free some space, then try again.',
    {},
    cause === undefined ? undefined : { cause },
  );

export const engineUnavailable = ofBackend('ENGINE_UNAVAILABLE');

export const engineTimeout = ofBackend('ENGINE_TIMEOUT');

export const engineFailed = ofBackend('ENGINE_FAILED');
