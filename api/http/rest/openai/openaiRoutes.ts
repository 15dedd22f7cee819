import { badInput, Failure } from '../../../errors/failures.ts';
import type { Generations } from '../../../generations/service.ts';
import type { Models } from '../../../models/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { cachePolicyOf, completionBodyLimit, sendCompletion } from '../completions.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';
import { failAsOpenAI } from './openaiErrors.ts';
import { chatCompletionInput, chatCompletionRequest } from './openaiRequests.ts';
import { openaiModelOf, openaiShape } from './openaiResponses.ts';

export interface OpenAIDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly generations: Pick<Generations, 'complete'>;
}

/** The routes of `/v1`, for clients of OpenAI's API. Each chat completion is a generation like any other. */
export const openaiRoutes = ({ models, generations }: OpenAIDeps): readonly Route[] => {
  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/v1/models',
      async handle(exchange) {
        await requireViewer(exchange);
        sendJson(exchange.response, 200, { object: 'list', data: (await models.list()).map(openaiModelOf) });
      },
    },
    {
      method: 'GET',
      path: '/v1/models/*',
      async handle(exchange) {
        await requireViewer(exchange);
        const name = nameBelow(exchange, '/v1/models/');
        sendJson(exchange.response, 200, openaiModelOf(await models.resolve(name)));
      },
    },
    {
      method: 'POST',
      path: '/v1/chat/completions',
      async handle(exchange) {
        const viewer = await requireViewer(exchange);
        const request = validate(
          chatCompletionRequest,
          await readJson(exchange.request, completionBodyLimit),
        );
        const includeUsage = request.stream_options?.include_usage ?? false;
        const begin = async () => {
          const completion = await generations.complete(viewer, {
            ...chatCompletionInput(request),
            cache: cachePolicyOf(exchange.request.headers),
          });
          return { completion, shape: openaiShape(completion.generation, { includeUsage }) };
        };
        await sendCompletion(exchange, begin, request.stream ?? false);
      },
    },
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

/** Returns the decoded rest of the path: model names contain colons, and some contain slashes. */
const nameBelow = ({ path }: Exchange, prefix: string): string => {
  try {
    return decodeURIComponent(path.slice(prefix.length));
  } catch {
    throw badInput('model', 'The model name in the URL is not valid percent-encoding. URL-encode the name.');
  }
};
