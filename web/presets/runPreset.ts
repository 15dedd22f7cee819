import { t } from '@lingui/core/macro';
import { type FailureCode, PageFailure, RequestFailure, unreachable } from '../relay/failure.ts';

export type VariableValue = string | number | boolean;

export interface RunRequest {
  readonly name: string;
  readonly variables: Readonly<Record<string, VariableValue>>;
}

export interface FinishedRun {
  readonly result: unknown;
  readonly text: string;
  readonly model: string;
  readonly modelReason: string | null;
  readonly answers: number;
  readonly repairs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly durationMs: number;
}

/** A run whose answer matches no schema. It keeps the text of the model. */
export class OutputInvalid extends RequestFailure {
  readonly text: string;

  constructor(message: string, text: string) {
    super('OUTPUT_INVALID', message);
    this.text = text;
  }
}

/** Runs a preset. Throws `OutputInvalid`, a `RequestFailure`, or the signal's reason, which also stops the model. */
export type RunPreset = (request: RunRequest, signal: AbortSignal) => Promise<FinishedRun>;

/**
 * Runs presets over REST, as any program would: a run of many parts takes longer than a GraphQL request of the page may.
 * `origin` may be only the base path of the page's own server.
 */
export const runPresetAt =
  (origin: string): RunPreset =>
  async ({ name, variables }, signal) => {
    const response = await fetch(`${origin}/api/llm/presets/${encodeURIComponent(name)}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ variables }),
      signal,
    }).catch((error: unknown) => {
      throw signal.aborted ? error : unreachable();
    });
    const body = await response.json().catch((error: unknown) => {
      throw signal.aborted ? error : unreachable();
    });
    if (response.ok) return body;
    const { detail, code, text } = body as { detail?: string; code?: string; text?: string };
    const { status } = response;
    const message = detail ?? t`The server answered with status ${status}. Try again.`;
    if (code === 'OUTPUT_INVALID') throw new OutputInvalid(message, text ?? '');
    const retryAfter = Number(response.headers.get('retry-after'));
    const Failure = detail === undefined ? PageFailure : RequestFailure;
    throw new Failure(codes[status] ?? 'INTERNAL', message, retryAfter || null);
  };

const codes: Readonly<Record<number, FailureCode>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PROMPT_TOO_LARGE',
  429: 'RATE_LIMITED',
  502: 'ENGINE_FAILED',
  503: 'ENGINE_UNAVAILABLE',
  504: 'ENGINE_TIMEOUT',
  507: 'STORAGE_FULL',
};
