import { engineFailed, engineTimeout, promptTooLarge } from '../../errors/failures.ts';
import type { Embeddings, EmbedRequest } from '../engine.ts';
import { estimateTextTokens } from '../estimate.ts';
import { silenceMessage } from '../messages.ts';
import { failureOf, OllamaError } from './failure.ollama.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

export interface OllamaEmbedDeps {
  readonly address: OllamaAddress;
  readonly fetch: typeof fetch;
  /** How long Ollama may take for one request, in ms, the load of the model included. */
  readonly timeoutMs: number;
}

/**
 * The maximum texts and estimated tokens of one request to Ollama. Ollama computes a request to its end even after the
 * client has left, which blocks the model meanwhile: small requests bound that.
 */
const batchLimits = { texts: 16, tokens: 2048 } as const;

/** Splits texts into batches within the limits. A batch has at least one text. */
function* batchesOf(input: readonly string[]): Generator<readonly string[], void, undefined> {
  let batch: string[] = [];
  let tokens = 0;
  for (const text of input) {
    const size = estimateTextTokens(text);
    if (batch.length > 0 && (batch.length === batchLimits.texts || tokens + size > batchLimits.tokens)) {
      yield batch;
      batch = [];
      tokens = 0;
    }
    batch.push(text);
    tokens += size;
  }
  yield batch;
}

/** Computes embeddings with Ollama, in small requests one after another. See `embedBatch`. */
export async function embedWithOllama(
  deps: OllamaEmbedDeps,
  request: EmbedRequest,
  contextLength: number | null,
  signal: AbortSignal,
): Promise<Embeddings> {
  const vectors: (readonly number[])[] = [];
  let promptTokens = 0;
  for (const input of batchesOf(request.input)) {
    signal.throwIfAborted();
    const answer = await embedBatch(deps, { ...request, input }, contextLength, signal);
    vectors.push(...answer.vectors);
    promptTokens += answer.promptTokens;
  }
  return { vectors, promptTokens };
}

/**
 * Computes embeddings with one request, or with one for each text if they aren't normalized: only Ollama's older path, which
 * reports no tokens, has such vectors. `contextLength` is the context that the model runs with, in tokens: another value makes
 * Ollama reload the model. Throws an `OllamaError` for a model that is unknown or denied, and failures.
 */
async function embedBatch(
  { address, fetch: fetching, timeoutMs }: OllamaEmbedDeps,
  { model, input, dimensions, truncate = false, normalize = true }: EmbedRequest,
  contextLength: number | null,
  signal: AbortSignal,
): Promise<Embeddings> {
  const { host } = address;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const client = ollamaClient(address, AbortSignal.any([signal, timeout]), fetching);
    const options = contextLength === null ? {} : { options: { num_ctx: contextLength } };
    if (!normalize) {
      const vectors: (readonly number[])[] = [];
      for (const prompt of input) {
        const { embedding } = await client.embeddings({ model, prompt, ...options });
        if (!Array.isArray(embedding)) throw engineFailed('Ollama sent no embedding.');
        vectors.push(embedding.slice(0, dimensions));
      }
      return { vectors, promptTokens: estimateAll(input) };
    }
    const answer = await client.embed({
      model,
      input: [...input],
      truncate,
      ...(dimensions === undefined ? {} : { dimensions }),
      ...options,
    });
    const { embeddings, prompt_eval_count: counted = 0 } = answer;
    if (!Array.isArray(embeddings) || embeddings.length !== input.length) {
      throw engineFailed(`Ollama sent ${embeddings?.length ?? 0} embeddings for ${input.length} texts.`);
    }
    return { vectors: embeddings, promptTokens: counted > 0 ? counted : estimateAll(input) };
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      const operatorMessage = `Ollama at ${host} computed embeddings for more than ${timeoutMs / 1000} s.`;
      throw engineTimeout(silenceMessage(timeoutMs / 1000), { operatorMessage });
    }
    if (error instanceof OllamaError && (error.isUnknownModel || error.isDenied)) throw error;
    if (error instanceof OllamaError && error.isPromptTooLong && contextLength !== null) {
      const longest = Math.max(...input.map(estimateTextTokens));
      throw promptTooLarge(Math.max(longest, contextLength + 1), contextLength);
    }
    throw failureOf(error, host, false);
  }
}

const estimateAll = (input: readonly string[]): number =>
  input.reduce((sum, text) => sum + estimateTextTokens(text), 0);
