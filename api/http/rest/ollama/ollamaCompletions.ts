import type { z } from 'zod';
import { forbidden } from '../../../errors/failures.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import { readJson } from '../../server/body.ts';
import { type CompletionShape, cachePolicyOf, completionBodyLimit, sendCompletion } from '../completions.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';
import { type ChatRequest, type GenerateRequest, isLoadRequest, loadInput } from './ollamaRequests.ts';
import { loadShape } from './ollamaResponses.ts';

export interface OllamaCompletionDeps {
  readonly generations: Pick<Generations, 'complete'>;
  readonly clock: () => Date;
}

export interface OllamaCompletionFormat<Request extends GenerateRequest | ChatRequest> {
  readonly path: string;
  readonly schema: z.ZodType<Request>;
  readonly inputOf: (request: Request) => CompletionInput;
  readonly shapeOf: (generation: Generation, clock: () => Date) => CompletionShape;
  /** What the answer of a request has that only loads the model. */
  readonly empty: object;
}

/** Creates a route for completions in Ollama's format. Each completion is a generation like any other. */
export const ollamaCompletion = <Request extends GenerateRequest | ChatRequest>(
  { generations, clock }: OllamaCompletionDeps,
  { path, schema, inputOf, shapeOf, empty }: OllamaCompletionFormat<Request>,
): Route => ({
  method: 'POST',
  path,
  async handle(exchange) {
    const viewer = await requireViewer(exchange);
    const request = validate(schema, await readJson(exchange.request, completionBodyLimit));
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

const isUnload = (keepAlive: string | number | null | undefined): boolean =>
  keepAlive === 0 || (typeof keepAlive === 'string' && /^0+(?:\.0+)?(?:ns|us|µs|ms|s|m|h)?$/.test(keepAlive));
