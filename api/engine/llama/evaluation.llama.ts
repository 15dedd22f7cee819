import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { orAborted } from '../../process/orAborted.ts';

/** Prompt tokens per step: of the first, and the bounds of all. */
const stepTokens = { first: 16, min: 4, max: 512 };
/** The duration that a step should have, in ms: the library can't be aborted within a step. */
const stepMs = { min: 40, max: 80 };

/** The evaluation of one request on a sequence: first its prompt, then one token per read. */
export class Evaluation {
  readonly #sequence: LlamaContextSequence;
  readonly #signal: AbortSignal;
  /** The native step in progress. It can't be aborted, so the sequence is busy until it ends. */
  #step: Promise<unknown> = Promise.resolve();

  constructor(sequence: LlamaContextSequence, signal: AbortSignal) {
    this.#sequence = sequence;
    this.#signal = signal;
  }

  /**
   * Evaluates the prompt except its end, in steps, so that an abort takes effect and other requests can run in between. A
   * prefix that the sequence already holds is skipped. Returns the rest, for `tokens`.
   */
  async evaluatePrompt(prompt: Token[]): Promise<Token[]> {
    const cached = Math.min(sharedPrefix(this.#sequence, prompt), prompt.length - 1);
    await this.#runStep(this.#sequence.adaptStateToTokens(prompt.slice(0, cached), false));
    // If erasing the rest failed, the sequence holds fewer tokens.
    let position = Math.min(cached, this.#sequence.nextTokenIndex);
    let size = stepTokens.first;
    while (prompt.length - position > size) {
      const startedAt = performance.now();
      const step = prompt.slice(position, position + size);
      await this.#runStep(this.#sequence.evaluateWithoutGeneratingNewTokens(step));
      const durationMs = performance.now() - startedAt;
      position += size;
      if (durationMs < stepMs.min) size = Math.min(size * 2, stepTokens.max);
      else if (durationMs > stepMs.max) size = Math.max(size >> 1, stepTokens.min);
    }
    return prompt.slice(position);
  }

  /** Generates the tokens that follow `rest`, one per read, until the model ends its turn. */
  async *tokens(rest: Token[], sampling: SequenceEvaluateOptions): AsyncGenerator<Token, void, undefined> {
    const tokens = this.#sequence.evaluate(rest, sampling);
    try {
      for (;;) {
        const next = await this.#runStep(tokens.next());
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

  /** Resolves when the last step has ended. Never rejects. */
  async settled(): Promise<void> {
    await this.#step.catch(() => undefined);
  }

  #runStep<T>(step: Promise<T>): Promise<T> {
    this.#step = step;
    return orAborted(step, this.#signal);
  }
}

/** The number of leading tokens of `prompt` that the sequence already holds. */
export const sharedPrefix = (sequence: LlamaContextSequence, prompt: Token[]): number =>
  sequence.compareContextTokens(prompt).firstDifferentIndex;
