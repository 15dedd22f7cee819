import { reasonOf, rootCauseOf } from '../../errors/causes.ts';
import { badInput, engineFailed, engineUnavailable, Failure } from '../../errors/failures.ts';
import { withoutAddresses } from '../../errors/redact.ts';
import { unreachableMessage } from '../messages.ts';

/** An error that an OpenAI-compatible server reports: as an HTTP status, or as an event of a stream. */
export class OpenAIError extends Error {
  override readonly name = 'OpenAIError';
  readonly status: number;
  /** Its `code` or `type`; empty if it has none. */
  readonly code: string;
  readonly #limit: number | null;

  constructor(status: number, message: string, code = '', limit: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.#limit = limit;
  }

  /** Whether a prompt exceeds the context, in the words of OpenAI, vLLM, SGLang, llama.cpp and LM Studio. */
  get isPromptTooLong(): boolean {
    return (
      this.code === 'context_length_exceeded' ||
      this.code === 'exceed_context_size_error' ||
      /(maximum|exceeds?|longer than|larger than)[^.]*\bcontext\b|context (length|size|window)[^.]*exceed/i.test(
        this.message,
      )
    );
  }

  /** The model's context in tokens, if the error names it; else null. */
  get contextLength(): number | null {
    const named = /context (?:length|window|size)\D{0,20}(\d{3,8})/i.exec(this.message)?.[1];
    return this.#limit ?? (named === undefined ? null : Number(named));
  }

  get isUnknownModel(): boolean {
    return (
      this.code === 'model_not_found' ||
      (this.status === 404 && /model/i.test(this.message) && !/not found on|no route/i.test(this.message))
    );
  }

  /** Whether the server doesn't know `response_format: {type: 'json_schema'}`. */
  get isUnknownFormat(): boolean {
    return (this.status === 400 || this.status === 422) && /response_format|json_schema/i.test(this.message);
  }
}

/** Converts an error of a request to the server at `url`. `hasBegun`: the answer had already begun. */
export function failureOf(error: unknown, url: string, hasBegun: boolean): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof OpenAIError) return reportedFailure(error, url);
  const reason = codeOf(error) ?? reasonOf(error);
  if (hasBegun) {
    return engineFailed('The connection to the engine broke in the middle of the answer. Try again.', {
      cause: error,
      operatorMessage: `The connection to ${url} broke in the middle of the answer: ${reason}.`,
    });
  }
  return engineUnavailable(unreachableMessage, {
    cause: error,
    operatorMessage: `No OpenAI-compatible server answers at ${url}: ${reason}.`,
  });
}

/** Converts an error of a metadata request. Its `TimeoutError` means that the server is unreachable. */
export function listFailureOf(error: unknown, url: string): Failure {
  const isTimeout =
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
  return isTimeout
    ? engineUnavailable(unreachableMessage, {
        operatorMessage: `No OpenAI-compatible server answers at ${url}.`,
      })
    : failureOf(error, url, false);
}

function reportedFailure(error: OpenAIError, url: string): Failure {
  const { status, message } = error;
  const shown = withoutAddresses(message);
  if (status === 401 || status === 403) {
    return engineUnavailable(unreachableMessage, {
      operatorMessage: `The engine at ${url} denied access (${status}). Check ENGINE_API_KEY.`,
    });
  }
  if (/schema|grammar|response_format/i.test(message) && status < 500) {
    return badInput('format', `The engine does not support this format: ${shown}`);
  }
  if (/\btool/i.test(message) && status < 500) {
    return badInput('tools', `The engine does not support these tools: ${shown}`);
  }
  if (status === 429 || status === 503) return engineUnavailable(`The engine is busy: ${message}`);
  if (status === 404 || status === 405) {
    return engineFailed('The engine does not support this request.', {
      operatorMessage: `The engine at ${url} answered with ${status}: ${message}. ENGINE_URL must end with the path of the API, usually /v1.`,
    });
  }
  if (status >= 400 && status < 500) return badInput('request', `The engine rejected the request: ${shown}`);
  return engineFailed(`The engine failed: ${message}`, { cause: error });
}

function codeOf(error: unknown): string | null {
  const root = rootCauseOf(error);
  return typeof root === 'object' && root !== null && 'code' in root ? String(root.code) : null;
}
