import { t } from '@lingui/core/macro';
import { type FailureCode, RequestFailure, unreachable } from '../relay/failure.ts';

export interface CompletionRequest {
  readonly model: string;
  readonly prompt: string;
}

/** A part of an answer: what arrived since the previous part. */
export interface CompletionChunk {
  /** The model that answers; it differs from the requested one if a fallback answers. */
  readonly model: string;
  readonly text: string;
  readonly thinking: string;
  /** Only on the last part. */
  readonly used: CompletionUsage | null;
}

export interface CompletionUsage {
  readonly tokens: number;
  readonly tokensPerSecond: number | null;
  readonly seconds: number;
}

/**
 * Streams an answer. Throws a `RequestFailure` if the request is rejected or the stream breaks off, so a partial answer
 * never looks complete. An abort throws the signal's reason, and stops the model.
 */
export type Complete = (
  request: CompletionRequest,
  signal: AbortSignal,
) => AsyncGenerator<CompletionChunk, void, undefined>;

/** Asks over REST, as any program would. `origin` may be only the base path of the page's own server. */
export const completeAt = (origin: string): Complete =>
  async function* (request, signal) {
    const response = await fetch(`${origin}/api/llm/generate`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true }),
      signal,
    }).catch((error: unknown) => {
      throw signal.aborted ? error : unreachable();
    });
    if (!response.ok || !response.body) throw await refusalOf(response);
    for await (const line of linesOf(response.body, signal)) {
      if (line.error !== undefined) throw new RequestFailure('ENGINE_FAILED', line.error);
      yield {
        model: line.model ?? request.model,
        text: line.response ?? '',
        thinking: line.thinking ?? '',
        used: line.done ? usageOf(line) : null,
      };
      if (line.done) return;
    }
    throw brokenOff();
  };

/** A line of the stream, with the fields that this page reads. Durations are in ns. */
interface Line {
  readonly model?: string;
  readonly response?: string;
  readonly thinking?: string;
  readonly done?: boolean;
  readonly error?: string;
  readonly total_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Line, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw signal.aborted ? error : brokenOff();
      });
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

const usageOf = ({ total_duration = 0, eval_count = 0, eval_duration = 0 }: Line): CompletionUsage => ({
  tokens: eval_count,
  tokensPerSecond: eval_duration > 0 ? (eval_count * 1e9) / eval_duration : null,
  seconds: total_duration / 1e9,
});

const codes: Readonly<Record<number, FailureCode>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'MODEL_NOT_FOUND',
  413: 'PROMPT_TOO_LARGE',
  429: 'RATE_LIMITED',
  502: 'ENGINE_FAILED',
  503: 'ENGINE_UNAVAILABLE',
  504: 'ENGINE_TIMEOUT',
  507: 'STORAGE_FULL',
};

/** Returns the code of the response's header. A proxy may remove it: then the status decides. */
const codeOf = ({ headers, status }: Response): FailureCode =>
  (headers.get('x-error-code') as FailureCode | null) ?? codes[status] ?? 'INTERNAL';

const refusalOf = async (response: Response): Promise<RequestFailure> => {
  const body: { detail?: unknown } | null = await response.json().catch(() => null);
  // A proxy's own error page says nothing useful.
  if (typeof body?.detail !== 'string') return unreachable();
  const retryAfter = response.headers.get('retry-after');
  return new RequestFailure(codeOf(response), body.detail, retryAfter === null ? null : Number(retryAfter));
};

const brokenOff = () => new RequestFailure('ENGINE_FAILED', t`The answer broke off. Generate it again.`);
