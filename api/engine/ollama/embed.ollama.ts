import { engineFailed, engineTimeout, promptTooLarge } from '../../errors/failures.ts';
import type { Embeddings, EmbedRequest } from '../engine.ts';
import { estimateTextTokens } from '../estimate.ts';
import { silenceMessage } from '../messages.ts';
import { failureOf, OllamaError } from './failure.ollama.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

export interface OllamaEmbedDeps {
  readonly address: OllamaAddress;
  readonly fetch: typeof fetch;
  /** How long Ollama may take, in ms, the load of the model included. */
  readonly timeoutMs: number;
}

/**
 * Computes embeddings with Ollama. `contextLength` is the context that the model runs with, in tokens: another value makes
 * Ollama reload the model. Throws an `OllamaError` for an unknown model, and failures.
 */
export async function embedWithOllama(
  { address, fetch: fetching, timeoutMs }: OllamaEmbedDeps,
  { model, input, dimensions, truncate = false }: EmbedRequest,
  contextLength: number | null,
  signal: AbortSignal,
): Promise<Embeddings> {
  const { host } = address;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const client = ollamaClient(address, AbortSignal.any([signal, timeout]), fetching);
    const answer = await client.embed({
      model,
      input: [...input],
      truncate,
      ...(dimensions === undefined ? {} : { dimensions }),
      ...(contextLength === null ? {} : { options: { num_ctx: contextLength } }),
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
    if (error instanceof OllamaError && error.isUnknownModel) throw error;
    if (error instanceof OllamaError && error.isPromptTooLong && contextLength !== null) {
      const longest = Math.max(...input.map(estimateTextTokens));
      throw promptTooLarge(Math.max(longest, contextLength + 1), contextLength);
    }
    throw failureOf(error, host, false);
  }
}

const estimateAll = (input: readonly string[]): number =>
  input.reduce((sum, text) => sum + estimateTextTokens(text), 0);
