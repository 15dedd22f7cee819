import type { LlamaEmbeddingContext, LlamaModel, Token } from 'node-llama-cpp';
import { badInput, engineFailed, Failure, promptTooLarge } from '../../errors/failures.ts';
import { orAborted } from '../../process/orAborted.ts';
import type { Embeddings, EmbedRequest } from '../engine.ts';
import { estimateTextTokens } from '../estimate.ts';
import { SlotPool } from '../slotPool.ts';

/**
 * The context of embeddings in tokens, beside the one of answers. Its memory is taken at the first request: 50 MB for
 * SmolLM2-135M.
 */
const maxContextLength = 2_048;
/** No token has more UTF-16 units in practice; a longer text isn't tokenized, because that blocks the event loop. */
const maxTokenLength = 24;
/** The library puts a token at both ends of each text. */
const addedTokens = 2;

/** Computes embeddings with the model of the embedded engine, one text at a time. */
export class Embedder {
  readonly #model: LlamaModel;
  readonly #limit: number;
  readonly #turn = new SlotPool([null]);
  #context: Promise<LlamaEmbeddingContext> | undefined;
  /** The native step in progress. It can't be aborted. */
  #step: Promise<unknown> = Promise.resolve();

  /** `contextLength` is the context of answers, in tokens. */
  constructor(model: LlamaModel, contextLength: number) {
    this.#model = model;
    this.#limit = Math.min(contextLength, maxContextLength);
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const { input, dimensions, truncate = false, normalize = true } = request;
    const size = this.#model.embeddingVectorSize;
    if (dimensions !== undefined && dimensions > size) {
      throw badInput('dimensions', `dimensions is ${dimensions}; the vectors of this model have ${size}.`);
    }
    const texts = input.map((text) => this.#tokenize(text, truncate));
    await this.#turn.acquire(signal);
    try {
      const context = await this.#run(this.#opened(), signal);
      const vectors: (readonly number[])[] = [];
      for (const tokens of texts) {
        const { vector } = await this.#run(context.getEmbeddingFor(tokens), signal);
        const shortened = vector.slice(0, dimensions);
        vectors.push(normalize ? unitVector(shortened) : shortened);
      }
      return { vectors, promptTokens: texts.reduce((sum, { length }) => sum + length, 0) };
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error;
      throw engineFailed('The embedded engine failed to compute the embeddings. Try again.', {
        cause: error,
      });
    } finally {
      void this.settled().then(() => this.#turn.release(null));
    }
  }

  /** Resolves when the last step has ended. Never rejects. */
  async settled(): Promise<void> {
    await this.#step.catch(() => undefined);
  }

  #tokenize(text: string, truncate: boolean): Token[] {
    const max = this.#limit - addedTokens;
    const isFarTooLong = text.length > this.#limit * maxTokenLength;
    if (isFarTooLong && !truncate) throw promptTooLarge(estimateTextTokens(text), this.#limit);
    const tokens = this.#model.tokenize(isFarTooLong ? text.slice(0, this.#limit * maxTokenLength) : text);
    if (tokens.length <= max) return tokens;
    if (!truncate) throw promptTooLarge(tokens.length + addedTokens, this.#limit);
    return tokens.slice(0, max);
  }

  #opened(): Promise<LlamaEmbeddingContext> {
    this.#context ??= this.#model
      .createEmbeddingContext({ contextSize: this.#limit, batchSize: this.#limit })
      .catch((error: unknown) => {
        this.#context = undefined;
        throw error;
      });
    return this.#context;
  }

  #run<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
    this.#step = step;
    return orAborted(step, signal);
  }
}

const unitVector = (vector: readonly number[]): readonly number[] => {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
};
