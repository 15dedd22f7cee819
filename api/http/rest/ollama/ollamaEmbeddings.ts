import { z } from 'zod';
import { type EmbeddingsService, type EmbedResult, embedLimits } from '../../../embeddings/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import { modelName } from '../completionFields.ts';
import { completionBodyLimit, whileConnected } from '../completions.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';

export const embedRequest = z.object({
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
  dimensions: z.int().min(1).max(embedLimits.dimensions).nullish(),
});

export const embedResponse = z.object({
  model: z.string(),
  embeddings: z.array(z.array(z.number())).describe('Each of Euclidean length 1.'),
  total_duration: z.int().describe('In nanoseconds.'),
  load_duration: z.int().describe('Always 0: not known.'),
  prompt_eval_count: z.int().describe('The number of tokens.'),
});

/** The older request, for one text. */
export const embeddingRequest = z.object({ model: modelName, prompt: z.string().nullish() });

export const embeddingResponse = z.object({ embedding: z.array(z.number()) });

const nanoseconds = 1_000_000;

/** The routes of Ollama's `/api/embed`, and of the older `/api/embeddings`. */
export const embeddingRoutes = (embeddings: EmbeddingsService): readonly Route[] => {
  const route = <Schema extends z.ZodType<{ readonly model: string }>>(
    path: string,
    schema: Schema,
    read: (request: z.output<Schema>) => {
      readonly input: readonly string[];
      readonly dimensions: number | null;
      readonly truncate: boolean;
    },
    shape: (embedded: EmbedResult) => object,
  ): Route => ({
    method: 'POST',
    path,
    async handle(exchange) {
      const viewer = await requireViewer(exchange);
      const request = validate(schema, await readJson(exchange.request, completionBodyLimit));
      const signal = whileConnected(exchange.response);
      const { model } = request;
      const asked = read(request);
      // Ollama only loads the model then.
      const nothing = { model, vectors: [], promptTokens: 0, totalMs: 0 };
      try {
        const embedded =
          asked.input.length === 0 ? nothing : await embeddings.embed(viewer, { model, ...asked }, signal);
        sendJson(exchange.response, 200, shape(embedded));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  });

  return [
    route(
      '/api/embed',
      embedRequest,
      ({ input, dimensions = null, truncate }) => ({
        input: [input ?? []].flat().filter((text, _, all) => all.length > 1 || text !== ''),
        dimensions,
        truncate: truncate ?? true,
      }),
      ({ model, vectors, promptTokens, totalMs }): z.infer<typeof embedResponse> => ({
        model,
        embeddings: vectors.map((vector) => [...vector]),
        total_duration: Math.round(totalMs * nanoseconds),
        load_duration: 0,
        prompt_eval_count: promptTokens,
      }),
    ),
    route(
      '/api/embeddings',
      embeddingRequest,
      ({ prompt }) => ({ input: prompt ? [prompt] : [], dimensions: null, truncate: true }),
      ({ vectors }): z.infer<typeof embeddingResponse> => ({ embedding: [...(vectors[0] ?? [])] }),
    ),
  ];
};
