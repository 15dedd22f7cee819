import type { EngineChunk } from '../../engine/engine.ts';
import type { TokenUsage } from '../generation.ts';

/** Measures the usage of one run. */
export interface Meter {
  /** Counts a chunk from the engine. */
  count(chunk: EngineChunk): void;
  /** Sets the estimated tokens of the prompt. They count if the engine was stopped and didn't report its own number. */
  setPromptTokens(tokens: number): void;
  /** Returns the usage, including that of earlier attempts. */
  usage(): TokenUsage;
  /** The number of chunks of this run so far, without `done`: about one per token. */
  readonly chunks: number;
}

/**
 * Creates a meter. It uses the engine's own numbers if the engine finished, else the number of chunks. The meter adds
 * `earlier`, the usage of earlier attempts at the same answer.
 */
export const createMeter = (earlier: TokenUsage | null): Meter => {
  const startedAt = performance.now();
  let firstAt: number | null = null;
  let chunks = 0;
  let promptTokens = 0;
  let done: Extract<EngineChunk, { type: 'done' }> | null = null;

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
        firstAt ??= performance.now();
        chunks += 1;
      }
    },
    usage() {
      const durationMs = performance.now() - startedAt;
      const completionMs =
        done?.usage.completionMs ?? (firstAt === null ? 0 : durationMs - (firstAt - startedAt));
      const completionTokens = done?.usage.completionTokens ?? chunks;
      return {
        promptTokens: (done?.usage.promptTokens ?? promptTokens) + (earlier?.promptTokens ?? 0),
        completionTokens: completionTokens + (earlier?.completionTokens ?? 0),
        tokensPerSecond: completionMs > 0 ? (completionTokens * 1000) / completionMs : null,
        timeToFirstTokenMs: firstAt === null ? null : firstAt - startedAt,
        durationMs: durationMs + (earlier?.durationMs ?? 0),
        ...(done && { loadMs: done.usage.loadMs, promptMs: done.usage.promptMs }),
      };
    },
  };
};
