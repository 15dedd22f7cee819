import { reasonOf, rootCauseOf } from '../../errors/causes.ts';
import { badInput, engineFailed, engineUnavailable, Failure } from '../../errors/failures.ts';
import { withoutAddresses } from '../../errors/redact.ts';
import { unreachableMessage } from '../messages.ts';

/** An error that Ollama reports: as an HTTP status, or as a line of a stream. */
export class OllamaError extends Error {
  override readonly name = 'OllamaError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  get isPromptTooLong(): boolean {
    return /exceeds? (the|maximum|the maximum) context length/i.test(this.message);
  }

  get isDenied(): boolean {
    return this.status === 401 || this.status === 403;
  }

  get isUnknownModel(): boolean {
    return this.status === 404 && /not found/i.test(this.message);
  }
}

/**
 * The failure for a model that Ollama denies, although it lists its models: a cloud model without a sign-in. Another Ollama
 * of a pool may be signed in.
 */
export const signInNeeded = (model: string, host: string): Failure =>
  engineUnavailable(
    `Model "${model}" needs a sign-in at ollama.com. Choose another model, or ask an administrator to sign in.`,
    {
      operatorMessage: `Ollama at ${host} denied access to "${model}". Sign in on that machine with "ollama signin". Its other models stay available.`,
    },
  );

/** Converts an error of a request to Ollama at `host`. `hasBegun`: the answer had already begun. */
export function failureOf(error: unknown, host: string, hasBegun: boolean): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof OllamaError) return reportedFailure(error);
  const code = codeOf(error);
  if (hasBegun) {
    return engineFailed('The connection to the engine broke in the middle of the answer. Try again.', {
      cause: error,
      operatorMessage: `The connection to Ollama at ${host} broke in the middle of the answer: ${code ?? reasonOf(error)}.`,
    });
  }
  return engineUnavailable(unreachableMessage, {
    cause: error,
    operatorMessage: `Ollama doesn't answer at ${host}: ${code ?? reasonOf(error)}.`,
  });
}

/** Converts an error of a metadata request. Its `TimeoutError` means that Ollama is unreachable rather than busy. */
export function listFailureOf(error: unknown, host: string): Failure {
  const isTimeout =
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
  return isTimeout
    ? engineUnavailable(unreachableMessage, { operatorMessage: `Ollama doesn't answer at ${host}.` })
    : failureOf(error, host, false);
}

function reportedFailure(error: OllamaError): Failure {
  const { status, message } = error;
  if (/invalid (JSON schema|format)|failed to (parse|load) grammar/i.test(message)) {
    return badInput('format', `Ollama does not support this format: ${withoutAddresses(message)}`);
  }
  if (/does not support embed/i.test(message)) {
    return badInput('model', `This model can't compute embeddings: ${withoutAddresses(message)}`);
  }
  if (/^template: /i.test(message)) {
    return badInput('template', `Ollama can't parse this template: ${withoutAddresses(message)}`);
  }
  if (status === 400) return badInput('request', `Ollama rejected the request: ${withoutAddresses(message)}`);
  if (error.isDenied) {
    return engineUnavailable(unreachableMessage, {
      operatorMessage: `Ollama denied access (${status}). Check the username and password in OLLAMA_URL.`,
    });
  }
  if (status === 429 || status === 503) return engineUnavailable(`Ollama is busy: ${message}`);
  return engineFailed(`Ollama failed: ${message}`, { cause: error });
}

function codeOf(error: unknown): string | null {
  const root = rootCauseOf(error);
  return typeof root === 'object' && root !== null && 'code' in root ? String(root.code) : null;
}
