import type { EngineMessage } from './engine.ts';
import { estimateTokens } from './estimate.ts';

/** Prompts with fewer estimated tokens teach nothing: most of them is the chat template. */
const minTokens = 64;
/** The bounds of a correction. A tokenizer of bytes has four times the tokens of an English text. */
const bounds = { min: 0.5, max: 8 };
/** The weight of a new observation that is below the correction. A higher one replaces it: too low estimates fail. */
const weight = 0.2;
/** Maximum models with a correction; one more evicts the oldest. */
const maxModels = 1_000;

/** Estimates of prompts, corrected per model by the numbers that the engine reports. */
export class TokenEstimates {
  readonly #factors = new Map<string, number>();

  /** Returns the estimated tokens of a prompt. */
  of(model: string, messages: readonly EngineMessage[]): number {
    return Math.ceil(estimateTokens(messages) * (this.#factors.get(model) ?? 1));
  }

  /** Notes how many tokens the engine counted. */
  note(model: string, messages: readonly EngineMessage[], tokens: number): void {
    const estimate = estimateTokens(messages);
    const hasImages = messages.some(({ images }) => images !== undefined && images.length > 0);
    if (estimate < minTokens || tokens <= 0 || hasImages) return;
    const observed = tokens / estimate;
    const known = this.#factors.get(model) ?? 1;
    this.#set(model, observed > known ? observed : known + weight * (observed - known));
  }

  /** Notes that the prompt exceeded a context of `limit` tokens. */
  noteExceeded(model: string, messages: readonly EngineMessage[], limit: number): void {
    const needed = (limit + 1) / Math.max(1, estimateTokens(messages));
    if (needed > (this.#factors.get(model) ?? 1)) this.#set(model, needed);
  }

  #set(model: string, factor: number): void {
    this.#factors.delete(model);
    this.#factors.set(model, Math.min(bounds.max, Math.max(bounds.min, factor)));
    const [oldest] = this.#factors.keys();
    if (this.#factors.size > maxModels && oldest !== undefined) this.#factors.delete(oldest);
  }
}
