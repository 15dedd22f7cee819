import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { orAborted } from '../stream.ts';

/** Prompt tokens of the first step, and the least and most of any. */
const steps = { first: 16, least: 4, most: 512 };
/** A step should take about this long, in milliseconds: the library can't be stopped within one. */
const stepMs = { short: 40, long: 80 };

/** One run of a model over a sequence: first it reads the prompt, then it gives a token for each that is asked for. */
export class Evaluation {
  readonly #sequence: LlamaContextSequence;
  readonly #signal: AbortSignal;
  /** The native step under way, which can't be interrupted: the sequence isn't free before it ends. */
  #step: Promise<unknown> = Promise.resolve();

  constructor(sequence: LlamaContextSequence, signal: AbortSignal) {
    this.#sequence = sequence;
    this.#signal = signal;
  }

  /**
   * Reads all of `prompt` but its end, step by step, so that an abort stops it and others get their turn. What the
   * sequence still holds of the same beginning is not read again. Returns the end, for `tokens`.
   */
  async read(prompt: Token[]): Promise<Token[]> {
    const kept = Math.min(sharedPrefix(this.#sequence, prompt), prompt.length - 1);
    await this.#take(this.#sequence.adaptStateToTokens(prompt.slice(0, kept), false));
    // After a failed removal the sequence holds less than was asked for.
    let at = Math.min(kept, this.#sequence.nextTokenIndex);
    let size = steps.first;
    while (prompt.length - at > size) {
      const started = performance.now();
      await this.#take(this.#sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + size)));
      const took = performance.now() - started;
      at += size;
      if (took < stepMs.short) size = Math.min(size * 2, steps.most);
      else if (took > stepMs.long) size = Math.max(size >> 1, steps.least);
    }
    return prompt.slice(at);
  }

  /** The tokens after `end`, each computed when it is asked for. Ends where the model ends its turn. */
  async *tokens(end: Token[], sampling: SequenceEvaluateOptions): AsyncGenerator<Token, void, undefined> {
    const tokens = this.#sequence.evaluate(end, sampling);
    try {
      for (;;) {
        const next = await this.#take(tokens.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      this.#step = this.#step.then(
        () => tokens.return(),
        () => tokens.return(),
      );
    }
  }

  /** Resolves when nothing is computed any more. Never rejects. */
  async settled(): Promise<void> {
    await this.#step.catch(() => undefined);
  }

  #take<T>(step: Promise<T>): Promise<T> {
    this.#step = step;
    return orAborted(step, this.#signal);
  }
}

/** How many tokens at the start of `prompt` the sequence has already read. */
export const sharedPrefix = (sequence: LlamaContextSequence, prompt: Token[]): number =>
  sequence.compareContextTokens(prompt).firstDifferentIndex;
