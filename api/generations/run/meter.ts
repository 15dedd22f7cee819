import type { EngineChunk } from '../../engine/engine.ts';
import type { TokenUsage } from '../generation.ts';

/**
 * Counts what a run used: the engine's own numbers where it ended well, else the pieces that came. `earlier` is what
 * earlier attempts at the same answer used; it is added.
 */
export interface Meter {
  see(chunk: EngineChunk): void;
  /** What the prompt takes, by reckoning: counts where the engine says nothing of it, because it was stopped. In tokens. */
  reckonPrompt(tokens: number): void;
  usage(): TokenUsage;
  /** What came in this run so far: about as many tokens. */
  readonly pieces: number;
}

export const createMeter = (earlier: TokenUsage | null): Meter => {
  const startedAt = performance.now();
  let firstAt: number | null = null;
  let pieces = 0;
  let prompt = 0;
  let done: Extract<EngineChunk, { type: 'done' }> | null = null;

  return {
    get pieces() {
      return pieces;
    },
    reckonPrompt(tokens) {
      prompt = tokens;
    },
    see(chunk) {
      if (chunk.type === 'done') done = chunk;
      else {
        firstAt ??= performance.now();
        pieces += 1;
      }
    },
    usage() {
      const durationMs = performance.now() - startedAt;
      const completionMs =
        done?.usage.completionMs ?? (firstAt === null ? 0 : durationMs - (firstAt - startedAt));
      const completionTokens = done?.usage.completionTokens ?? pieces;
      return {
        promptTokens: (done?.usage.promptTokens ?? prompt) + (earlier?.promptTokens ?? 0),
        completionTokens: completionTokens + (earlier?.completionTokens ?? 0),
        tokensPerSecond: completionMs > 0 ? (completionTokens * 1000) / completionMs : null,
        timeToFirstTokenMs: firstAt === null ? null : firstAt - startedAt,
        durationMs: durationMs + (earlier?.durationMs ?? 0),
        ...(done && { loadMs: done.usage.loadMs, promptMs: done.usage.promptMs }),
      };
    },
  };
};
