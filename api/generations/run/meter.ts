import type { EngineChunk } from '../../engine/engine.ts';
import type { TokenUsage } from '../generation.ts';

/** Measures the usage of one run. */
export interface Meter {
  /** Counts a chunk from the engine. */
  count(chunk: EngineChunk): void;
  /** Sets the estimated tokens of the prompt. They count if the engine was stopped and didn't report its own number. */
  setPromptTokens(tokens: number): void;
  /** Returns the usage, including that of earlier attempts and requests. */
  usage(): TokenUsage;
  /** The number of chunks of this request so far, without `done`: about one per token. */
  readonly chunks: number;
  /** Begins a further request of the same run, after calls of tools. */
  beginRequest(): void;
  /** Leaves out a time in which the answer waited for its user, in ms. */
  exclude(ms: number): void;
}

/**
 * Creates a meter. It uses the engine's own numbers if the engine finished, else the number of chunks. The meter adds
 * `earlier`, the usage of earlier attempts at the same answer.
 */
export const createMeter = (earlier: TokenUsage | null): Meter => {
  /** Moved on by what is left out. */
  let startedAt = performance.now();
  let firstAt: number | null = null;
  /** When the first chunk of the current request arrived. */
  let beganAt: number | null = null;
  let chunks = 0;
  let promptTokens = 0;
  let done: Extract<EngineChunk, { type: 'done' }> | null = null;
  /** The tokens of the requests of this run that have ended. */
  const ended = { promptTokens: 0, completionTokens: 0, completionMs: 0 };

  return {
    get chunks() {
      return chunks;
    },
    setPromptTokens(tokens) {
      promptTokens = tokens;
    },
    count(chunk) {
      if (chunk.type === 'done') done = chunk;
      else if (chunk.type !== 'logprobs') {
        if (beganAt === null) {
          beganAt = performance.now();
          firstAt ??= beganAt;
        }
        chunks += 1;
      }
    },
    exclude(ms) {
      startedAt += ms;
      // The time to the first token stays as it was.
      if (firstAt !== null) firstAt += ms;
    },
    beginRequest() {
      ended.promptTokens += done?.usage.promptTokens ?? promptTokens;
      ended.completionTokens += done?.usage.completionTokens ?? chunks;
      ended.completionMs += done?.usage.completionMs ?? 0;
      done = null;
      chunks = 0;
      promptTokens = 0;
      beganAt = null;
    },
    usage() {
      const durationMs = performance.now() - startedAt;
      const requestMs = done?.usage.completionMs ?? (beganAt === null ? 0 : performance.now() - beganAt);
      const completionMs = ended.completionMs + requestMs;
      const completionTokens = ended.completionTokens + (done?.usage.completionTokens ?? chunks);
      const readTokens = ended.promptTokens + (done?.usage.promptTokens ?? promptTokens);
      return {
        promptTokens: readTokens + (earlier?.promptTokens ?? 0),
        completionTokens: completionTokens + (earlier?.completionTokens ?? 0),
        tokensPerSecond: completionMs > 0 ? (completionTokens * 1000) / completionMs : null,
        timeToFirstTokenMs: firstAt === null ? null : firstAt - startedAt,
        durationMs: durationMs + (earlier?.durationMs ?? 0),
        ...(done && { loadMs: done.usage.loadMs, promptMs: done.usage.promptMs }),
      };
    },
  };
};
