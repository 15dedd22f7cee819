import { engineFailed } from '../../errors/failures.ts';
import type { Embeddings, EmbedRequest } from '../engine.ts';
import { estimateTextTokens } from '../estimate.ts';
import { isObject, jsonOf, type OpenAIServer, requestOpenAI } from './http.openai.ts';

/** Computes embeddings. `contextLength` is the model's, in tokens; null if unknown. Throws an `OpenAIError`, failures. */
export async function embedWithOpenAI(
  server: OpenAIServer,
  { model, input, dimensions, truncate = false, normalize = true }: EmbedRequest,
  contextLength: number | null,
  signal: AbortSignal,
): Promise<Embeddings> {
  // Servers can't be asked to cut a text. A token has at least one character in practice.
  const texts = truncate && contextLength !== null ? input.map((text) => cut(text, contextLength)) : input;
  const body = await jsonOf(
    await requestOpenAI(server, '/embeddings', signal, { model, input: texts, encoding_format: 'float' }),
  );
  const data = isObject(body) && Array.isArray(body.data) ? body.data.filter(isObject) : [];
  const vectors = data
    .toSorted((one, other) => Number(one.index) - Number(other.index))
    .map(({ embedding }) => vectorOf(embedding, dimensions, normalize));
  if (vectors.length !== input.length) {
    throw engineFailed(`The engine sent ${vectors.length} embeddings for ${input.length} texts.`);
  }
  const usage = isObject(body) && isObject(body.usage) ? Number(body.usage.prompt_tokens) : 0;
  const estimate = texts.reduce((sum, text) => sum + estimateTextTokens(text), 0);
  return { vectors, promptTokens: usage > 0 ? usage : estimate };
}

const cut = (text: string, tokens: number): string =>
  estimateTextTokens(text) < tokens / 2 ? text : text.slice(0, Math.floor(tokens * 0.9));

/** Shortened here, because few servers do. */
function vectorOf(embedding: unknown, dimensions: number | undefined, normalize: boolean): readonly number[] {
  if (!Array.isArray(embedding) || embedding.length === 0) {
    throw engineFailed('The engine sent an embedding that is not a list of numbers.');
  }
  // Without pooling, llama.cpp's server sends one vector per token: the last one has seen the whole text.
  const numbers: readonly unknown[] = Array.isArray(embedding[0]) ? embedding.at(-1) : embedding;
  const vector = numbers.slice(0, dimensions).map(Number);
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length))
    throw engineFailed('The engine sent an embedding that is not a list of numbers.');
  return length === 0 || !normalize ? vector : vector.map((value) => value / length);
}
