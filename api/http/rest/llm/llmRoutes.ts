import type { z } from 'zod';
import { badInput } from '../../../errors/failures.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import type { Models } from '../../../models/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import { type CompletionShape, cachePolicyOf, completionBodyLimit, sendCompletion } from '../completions.ts';
import {
  type ChatRequest,
  chatInput,
  chatRequest,
  type GenerateRequest,
  generateInput,
  generateRequest,
} from '../ollama/ollamaRequests.ts';
import { chatShape, generateShape, modelListOf } from '../ollama/ollamaResponses.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';

export interface LlmRoutesDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly generations: Pick<Generations, 'complete'>;
  readonly clock: () => Date;
}

/** The routes of `/api/llm`, in the formats of Ollama's API. Each completion is a generation like any other. */
export const llmRoutes = (deps: LlmRoutesDeps): readonly Route[] => {
  const { models, generations, clock } = deps;

  const completion = <Request extends GenerateRequest | ChatRequest>(
    path: string,
    schema: z.ZodType<Request>,
    inputOf: (request: Request) => CompletionInput,
    shapeOf: (generation: Generation, clock: () => Date) => CompletionShape,
  ): Route => ({
    method: 'POST',
    path,
    async handle(exchange) {
      const viewer = await requireViewer(exchange);
      const request = validate(schema, await readJson(exchange.request, completionBodyLimit));
      await checkThinking(models, request);
      const begin = async () => {
        const begun = await generations.complete(viewer, {
          ...inputOf(request),
          cache: cachePolicyOf(exchange.request.headers),
        });
        return { completion: begun, shape: shapeOf(begun.generation, clock) };
      };
      await sendCompletion(exchange, begin, request.stream);
    },
  });

  return [
    {
      method: 'GET',
      path: '/api/llm/models',
      async handle(exchange) {
        await requireViewer(exchange);
        sendJson(exchange.response, 200, modelListOf(await models.list()));
      },
    },
    completion('/api/llm/generate', generateRequest, generateInput, generateShape),
    completion('/api/llm/chat', chatRequest, chatInput, chatShape),
  ];
};

/** Throws `BAD_USER_INPUT` for a value of `think` that the model can't follow. */
const checkThinking = async (
  models: LlmRoutesDeps['models'],
  { model: asked, think }: GenerateRequest | ChatRequest,
): Promise<void> => {
  if (typeof think !== 'boolean') return;
  const { name, capabilities } = await models.resolve(asked ?? null);
  if (capabilities.includes('thinking') === think) return;
  throw badInput(
    'think',
    `think is ${think}, but ${name} ${think ? "can't think" : 'always thinks'}. Leave it out, or choose another model.`,
  );
};
