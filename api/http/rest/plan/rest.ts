import type { z } from 'zod';
import { badInput } from '../../../errors/failures.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import type { Models } from '../../../models/service.ts';
import { signedIn } from '../../auth/signedIn.ts';
import { sendJson } from '../../responses/answers.ts';
import { readJson } from '../../server/body.ts';
import type { Route } from '../../server/routes.ts';
import { cachePolicyOf } from '../cachePolicy.ts';
import { type CompletionShape, sendCompletion } from '../completionStream.ts';
import { validate } from '../validate.ts';
import { chatShape, generateShape, modelListOf } from './restAnswers.ts';
import {
  type ChatRequest,
  chatInput,
  chatRequest,
  type GenerateRequest,
  generateInput,
  generateRequest,
} from './restRequests.ts';

/** Bytes: room for a few pictures. */
export const completionBodyLimit = 12 * 1024 * 1024;

export interface RestDeps {
  readonly models: Models;
  readonly generations: Generations;
  readonly clock: () => Date;
}

/** Ollama's own shapes, for programs and habits that know them. Each request is a generation like any other. */
export const restRoutes = (deps: RestDeps): readonly Route[] => {
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
      const viewer = await signedIn(exchange);
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
        await signedIn(exchange);
        sendJson(exchange.response, 200, modelListOf(await models.list()));
      },
    },
    completion('/api/llm/generate', generateRequest, generateInput, generateShape),
    completion('/api/llm/chat', chatRequest, chatInput, chatShape),
  ];
};

/** Throws `BAD_USER_INPUT` where the model would do otherwise than is asked. */
const checkThinking = async (
  models: Models,
  { model: asked, think }: GenerateRequest | ChatRequest,
): Promise<void> => {
  if (typeof think !== 'boolean') return;
  const { name, capabilities } = await models.resolve(asked ?? null);
  if (capabilities.includes('thinking') === think) return;
  throw badInput(
    'think',
    `think is ${think}, but ${name} ${think ? "doesn't think" : 'always thinks'} here.`,
  );
};
