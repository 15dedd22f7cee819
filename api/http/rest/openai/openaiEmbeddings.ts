import { z } from 'zod';
import { type EmbeddingsService, type EmbedResult, embedLimits } from '../../../embeddings/service.ts';
import { modelName, textOnly } from '../completionFields.ts';
import { completionBodyLimit, completionErrors, whileConnected } from '../completions.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { model } from './openaiResponses.ts';

const embeddingsRequest = z.object({
  model: modelName,
  input: z
    .union([
      z.string(),
      z.array(textOnly('. In LangChain, set check_embedding_ctx_length to False')).max(embedLimits.texts),
    ])
    .describe('One text or several. Token ids are not supported.')
    .meta({ examples: ['What is 2+2?'] }),
  encoding_format: z
    .literal(['float', 'base64'])
    .nullish()
    .describe('`base64`: the vector as 32-bit floats, little endian.'),
  dimensions: z
    .int()
    .min(1)
    .max(embedLimits.dimensions)
    .nullish()
    .describe("The length of the vectors; absent: the model's own."),
});

const embeddingsResponse = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  model,
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export const embeddingsRoute = (embeddings: EmbeddingsService): Route =>
  endpoint({
    method: 'POST',
    path: '/v1/embeddings',
    id: 'createEmbeddings',
    tag: 'OpenAI',
    summary: 'Compute embeddings of texts.',
    body: { schema: embeddingsRequest, limit: completionBodyLimit },
    answer: json('One vector for each text.', embeddingsResponse),
    errors: completionErrors,
    async handle({ exchange, viewer, body }) {
      const signal = whileConnected(exchange.response);
      const { model, input, dimensions = null } = body;
      const texts = typeof input === 'string' ? [input] : input;
      try {
        const embedded = await embeddings.embed(
          viewer,
          { model, input: texts, dimensions, truncate: false },
          signal,
        );
        return responseOf(embedded, body.encoding_format === 'base64');
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  });

const responseOf = (
  { model, vectors, promptTokens }: EmbedResult,
  inBase64: boolean,
): z.infer<typeof embeddingsResponse> => ({
  object: 'list',
  data: vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: inBase64 ? base64Of(vector) : [...vector],
  })),
  model,
  usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
});

const base64Of = (vector: readonly number[]): string => {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
};
