import { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import { type EmbeddingsService, type EmbedResult, embedLimits } from '../../../embeddings/service.ts';
import { modelName } from '../completionFields.ts';
import { completionBodyLimit, completionErrors, whileConnected } from '../completions.ts';
import { type Call, endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';

const embedRequest = z.object({
  model: modelName,
  input: z
    .union([z.string(), z.array(z.string()).max(embedLimits.texts)])
    .nullish()
    .describe('One text or several. Empty: no embeddings.')
    .meta({ examples: ['What is 2+2?'] }),
  truncate: z
    .boolean()
    .nullish()
    .describe('Whether a text that exceeds the context is cut at its end instead of rejected. Default true.'),
  dimensions: z.int().min(0).max(embedLimits.dimensions).nullish().describe("0: the model's own."),
});

const embedResponse = z.object({
  model: z.string(),
  embeddings: z.array(z.array(z.number())).describe('Each of Euclidean length 1.'),
  total_duration: z.int().describe('In nanoseconds.'),
  load_duration: z.int().describe('Always 0: not known.'),
  prompt_eval_count: z.int().describe('The number of tokens.'),
});

/** The older request, for one text. */
const embeddingRequest = z.object({ model: modelName, prompt: z.string().nullish() });

const embeddingResponse = z.object({
  embedding: z
    .array(z.number())
    .describe('Of the length that the model gives it, where the engine reports that.'),
});

const textsOf = (text: string): readonly string[] => (text === '' ? [] : [text]);

const nanoseconds = 1_000_000;

/** The routes of Ollama's `/api/embed`, and of the older `/api/embeddings`. */
export const embeddingRoutes = (embeddings: EmbeddingsService): readonly Route[] => {
  /** Returns undefined if the client disconnects. */
  const embed = async (
    { exchange, viewer, body: { model } }: Call<unknown, { readonly model: string }, Viewer>,
    asked: {
      readonly input: readonly string[];
      readonly dimensions: number | null;
      readonly truncate: boolean;
      readonly normalize: boolean;
    },
  ): Promise<EmbedResult | undefined> => {
    const signal = whileConnected(exchange.response);
    // Ollama only loads the model then.
    if (asked.input.length === 0) return { model, vectors: [], promptTokens: 0, totalMs: 0 };
    try {
      return await embeddings.embed(viewer, { model, ...asked }, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  return [
    endpoint({
      method: 'POST',
      path: '/api/embed',
      id: 'ollamaEmbed',
      tag: 'Ollama',
      summary: 'Compute embeddings of texts.',
      body: { schema: embedRequest, limit: completionBodyLimit },
      answer: json('One vector for each text.', embedResponse),
      errors: completionErrors,
      async handle(call) {
        const { input, dimensions, truncate } = call.body;
        const embedded = await embed(call, {
          input: typeof input === 'string' ? textsOf(input) : (input ?? []),
          dimensions: dimensions || null,
          truncate: truncate ?? true,
          normalize: true,
        });
        return (
          embedded && {
            model: embedded.model,
            embeddings: embedded.vectors.map((vector) => [...vector]),
            total_duration: Math.round(embedded.totalMs * nanoseconds),
            load_duration: 0,
            prompt_eval_count: embedded.promptTokens,
          }
        );
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/embeddings',
      id: 'ollamaEmbeddings',
      tag: 'Ollama',
      summary: 'Compute the embedding of one text; the older form of /api/embed.',
      body: { schema: embeddingRequest, limit: completionBodyLimit },
      answer: json('The vector.', embeddingResponse),
      errors: completionErrors,
      async handle(call) {
        const input = textsOf(call.body.prompt ?? '');
        const asked = { input, dimensions: null, truncate: true, normalize: false };
        const embedded = await embed(call, asked);
        return embedded && { embedding: [...(embedded.vectors[0] ?? [])] };
      },
    }),
  ];
};
