import type { z } from 'zod';
import { forbidden } from '../../../errors/failures.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import {
  type CompletionShape,
  cachePolicyOf,
  completionBodyLimit,
  completionErrors,
  sendCompletion,
} from '../completions.ts';
import { endpoint, type Operation } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { type ChatRequest, type GenerateRequest, isLoadRequest, loadInput } from './ollamaRequests.ts';
import { loadShape } from './ollamaResponses.ts';

export interface OllamaCompletionDeps {
  readonly generations: Pick<Generations, 'complete'>;
  readonly clock: () => Date;
}

export interface OllamaCompletionFormat<Request extends GenerateRequest | ChatRequest>
  extends Pick<Operation, 'id' | 'tag' | 'summary' | 'description'> {
  readonly path: string;
  readonly schema: z.ZodType<Request>;
  readonly examples: Readonly<Record<string, unknown>>;
  readonly response: z.ZodType;
  readonly inputOf: (request: Request) => CompletionInput;
  readonly shapeOf: (generation: Generation, clock: () => Date) => CompletionShape;
  /** What the answer of a request has that only loads the model. */
  readonly empty: object;
}

/** Creates a route for completions in Ollama's format. Each completion is a generation like any other. */
export const ollamaCompletion = <Request extends GenerateRequest | ChatRequest>(
  { generations, clock }: OllamaCompletionDeps,
  format: OllamaCompletionFormat<Request>,
): Route => {
  const { schema, examples, response, inputOf, shapeOf, empty, ...operation } = format;
  return endpoint({
    ...operation,
    method: 'POST',
    body: { schema, limit: completionBodyLimit, examples },
    answer: linesOf(response),
    errors: completionErrors,
    async handle({ exchange, viewer, body: request }) {
      const isLoad = isLoadRequest(request);
      if (isLoad && isUnload(request.keep_alive)) {
        throw forbidden(
          'Models are shared here: the server decides when it unloads one. Leave keep_alive out, or send a prompt.',
        );
      }
      const begin = async () => {
        const completion = await generations.complete(viewer, {
          ...(isLoad ? loadInput(request) : inputOf(request)),
          cache: isLoad ? 'BYPASS' : cachePolicyOf(exchange.request.headers),
        });
        const { generation } = completion;
        const shape = isLoad ? loadShape(generation, clock, empty) : shapeOf(generation, clock);
        return { completion, shape };
      };
      await sendCompletion(exchange, begin, request.stream);
    },
  });
};

/** The answer of a route whose request chooses by `stream` between one JSON document and JSON lines. */
export const linesOf = <Schema extends z.ZodType>(schema: Schema) => ({
  description: 'The answer: one JSON document, or with `stream` a JSON line per chunk.',
  types: { 'application/json': schema, 'application/x-ndjson': schema },
});

const isUnload = (keepAlive: string | number | null | undefined): boolean =>
  keepAlive === 0 || (typeof keepAlive === 'string' && /^0+(?:\.0+)?(?:ns|us|µs|ms|s|m|h)?$/.test(keepAlive));
