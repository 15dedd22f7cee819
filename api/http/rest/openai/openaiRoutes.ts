import { Failure } from '../../../errors/failures.ts';
import type { Generations } from '../../../generations/service.ts';
import type { Models } from '../../../models/service.ts';
import type { Exchange } from '../../server/exchange.ts';
import {
  cachePolicyOf,
  completionBodyLimit,
  completionErrors,
  sendCompletion,
  streamNote,
} from '../completions.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { failAsOpenAI } from './openaiErrors.ts';
import { chatCompletionInput, chatCompletionRequest } from './openaiRequests.ts';
import {
  chatCompletion,
  chatCompletionChunk,
  openaiModel,
  openaiModelList,
  openaiModelOf,
  openaiShape,
} from './openaiResponses.ts';

export interface OpenAIDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly generations: Pick<Generations, 'complete'>;
}

/** The routes of `/v1`, for clients of OpenAI's API. Each chat completion is a generation like any other. */
export const openaiRoutes = ({ models, generations }: OpenAIDeps): readonly Route[] => {
  const routes: readonly Route[] = [
    endpoint({
      method: 'GET',
      path: '/v1/models',
      id: 'listOpenAIModels',
      tag: 'OpenAI',
      summary: 'List the installed models.',
      answer: json('All installed models.', openaiModelList),
      errors: [503],
      handle: async () => ({ object: 'list' as const, data: (await models.list()).map(openaiModelOf) }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/models/{model}',
      id: 'getOpenAIModel',
      tag: 'OpenAI',
      summary: 'Resolve a model by its name.',
      parameter: 'The name of the model, URL-encoded.',
      answer: json('The model.', openaiModel),
      errors: [404, 503],
      handle: async ({ parameter }) => openaiModelOf(await models.resolve(parameter)),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/chat/completions',
      id: 'createChatCompletion',
      tag: 'OpenAI',
      summary: 'Create a chat completion.',
      description: streamNote,
      body: {
        schema: chatCompletionRequest,
        limit: completionBodyLimit,
        examples: {
          'without streaming': {
            model: 'llama3.2',
            messages: [{ role: 'user', content: 'What is 2+2?' }],
          },
        },
      },
      answer: {
        description: 'The answer: one JSON document, or with `stream` an event per chunk, then `[DONE]`.',
        types: { 'application/json': chatCompletion, 'text/event-stream': chatCompletionChunk },
      },
      errors: completionErrors,
      async handle({ exchange, viewer, body }) {
        const includeUsage = body.stream_options?.include_usage ?? false;
        const begin = async () => {
          const completion = await generations.complete(viewer, {
            ...chatCompletionInput(body),
            cache: cachePolicyOf(exchange.request.headers),
          });
          return { completion, shape: openaiShape(completion.generation, { includeUsage }) };
        };
        await sendCompletion(exchange, begin, body.stream ?? false);
      },
    }),
    { method: 'GET', path: '/v1/*', handle: rejectUnsupported },
    { method: 'POST', path: '/v1/*', handle: rejectUnsupported },
  ];
  return routes.map((route) => ({ ...route, fail: failAsOpenAI }));
};

const rejectUnsupported = async ({ path }: Exchange): Promise<never> => {
  throw new Failure(
    'NOT_FOUND',
    `${path} is not supported. Of OpenAI's API, this server has /v1/models and /v1/chat/completions.`,
  );
};
