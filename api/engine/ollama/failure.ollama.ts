import { reasonOf, rootCauseOf } from '../../errors/causes.ts';
import { badInput, engineFailed, engineTimeout, engineUnavailable, Failure } from '../../errors/failures.ts';
import { withoutAddresses } from '../../errors/redact.ts';
import { silenceMessage, unreachableMessage } from '../messages.ts';

/** An error that Ollama itself reports: as the answer's status, or as a line in the middle of a stream. */
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

  get isUnknownModel(): boolean {
    return this.status === 404 && /not found/i.test(this.message);
  }
}

const isOutOfTime = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** What an error on the way to Ollama at `host` means. `hasBegun` says that an answer was under way. */
export function failureOf(error: unknown, host: string, hasBegun: boolean): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof OllamaError) return refusal(error);
  const code = codeOf(error);
  if (code !== null && isOutOfTime.has(code))
    return engineTimeout(silenceMessage(300), {
      operatorMessage: `Ollama at ${host} was silent for five minutes.`,
    });
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

/** What it means that an Ollama at `host` gave no list, which should be quick: a `TimeoutError` is its silence. */
export function listFailureOf(error: unknown, host: string): Failure {
  const isLate =
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
  return isLate
    ? engineUnavailable(unreachableMessage, { operatorMessage: `Ollama doesn't answer at ${host}.` })
    : failureOf(error, host, false);
}

function refusal(error: OllamaError): Failure {
  const { status, message } = error;
  if (/invalid (JSON schema|format)|failed to (parse|load) grammar/i.test(message)) {
    return badInput('format', `Ollama can't answer in this format: ${withoutAddresses(message)}`);
  }
  if (status === 400) return badInput('request', `Ollama can't answer this: ${withoutAddresses(message)}`);
  if (status === 401 || status === 403) {
    return engineUnavailable(unreachableMessage, {
      operatorMessage: `Ollama refuses this server (${status}): check the name and password in OLLAMA_URL.`,
    });
  }
  if (status === 429 || status === 503) return engineUnavailable(`Ollama is busy: ${message}`);
  return engineFailed(`Ollama failed: ${message}`, { cause: error });
}

function codeOf(error: unknown): string | null {
  const root = rootCauseOf(error);
  return typeof root === 'object' && root !== null && 'code' in root ? String(root.code) : null;
}
