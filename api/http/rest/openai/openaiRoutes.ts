import type { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import type { EmbeddingsService } from '../../../embeddings/service.ts';
import { badInput } from '../../../errors/failures.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import { findModel, isChatModel, type Models } from '../../../models/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { maxToolCalls } from '../completionFields.ts';
import { type CompletionShape, cachePolicyOf, completionBodyLimit, sendCompletion } from '../completions.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';
import { type Choices, repeated, startChoices } from './openaiChoices.ts';
import { textCompletionInputs, textCompletionRequest, textCompletionShape } from './openaiCompletions.ts';
import { embeddingsRoute } from './openaiEmbeddings.ts';
import { failAsOpenAI } from './openaiErrors.ts';
import {
  chatCompletionInput,
  chatCompletionRequest,
  toolPolicyOfRequest,
  usesOlderFunctions,
} from './openaiRequests.ts';
import { openaiModelOf, openaiShape } from './openaiResponses.ts';
import { responsesCompletionInput, responsesRequest, toolPolicyOfResponses } from './responsesRequests.ts';
import { responsesShape } from './responsesShape.ts';

export interface OpenAIDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly generations: Pick<Generations, 'complete'>;
  readonly embeddings: EmbeddingsService;
}

/** The routes of `/v1`, for clients of OpenAI's API. Each answer is a generation like any other. */
export const openaiRoutes = ({ models, generations, embeddings }: OpenAIDeps): readonly Route[] => {
  const completion = <Request extends { readonly stream?: boolean | null | undefined }>(
    path: string,
    schema: z.ZodType<Request>,
    plan: (request: Request) => {
      readonly inputs: readonly CompletionInput[];
      readonly shapeOf: (choices: Choices) => CompletionShape;
    },
  ): Route => ({
    method: 'POST',
    path,
    async handle(exchange) {
      const viewer: Viewer = await requireViewer(exchange);
      const request = validate(schema, await readJson(exchange.request, completionBodyLimit));
      const { inputs, shapeOf } = plan(request);
      const cache = cachePolicyOf(exchange.request.headers);
      const begin = async () => {
        const choices = await startChoices(
          generations,
          viewer,
          inputs.map((input) => ({ ...input, cache })),
        );
        return { completion: choices, shape: shapeOf(choices) };
      };
      await sendCompletion(exchange, begin, request.stream ?? false);
    },
  });

  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/v1/models',
      async handle(exchange) {
        await requireViewer(exchange);
        const listed = (await models.list()).filter(isChatModel);
        sendJson(exchange.response, 200, { object: 'list', data: listed.map(openaiModelOf) });
      },
    },
    {
      method: 'GET',
      path: '/v1/models/*',
      async handle(exchange) {
        await requireViewer(exchange);
        const name = nameBelow(exchange, '/v1/models/');
        sendJson(exchange.response, 200, openaiModelOf(await findModel(models, name)));
      },
    },
    completion('/v1/chat/completions', chatCompletionRequest, (request) => {
      const policy = toolPolicyOfRequest(request);
      const isOlder = usesOlderFunctions(request);
      return {
        inputs: repeated(chatCompletionInput(request, policy), request.n ?? 1),
        shapeOf: (choices) =>
          openaiShape(choices, {
            includeUsage: request.stream_options?.include_usage ?? false,
            forced: policy.isForced ? policy.tools : null,
            maxCalls: request.parallel_tool_calls === false || isOlder ? 1 : maxToolCalls,
            isOlder,
          }),
      };
    }),
    completion('/v1/completions', textCompletionRequest, (request) => ({
      inputs: textCompletionInputs(request),
      shapeOf: (choices) => textCompletionShape(choices, request),
    })),
    completion('/v1/responses', responsesRequest, (request) => {
      const policy = toolPolicyOfResponses(request);
      return {
        inputs: [responsesCompletionInput(request, policy)],
        shapeOf: ({ generation }) =>
          responsesShape(generation, {
            request,
            forced: policy.isForced ? policy.tools : null,
            maxCalls: request.parallel_tool_calls === false ? 1 : maxToolCalls,
          }),
      };
    }),
    embeddingsRoute(embeddings),
  ];
  return routes.map((route) => ({ ...route, fail: failAsOpenAI }));
};

/** Returns the decoded rest of the path: model names contain colons, and some contain slashes. */
const nameBelow = ({ path }: Exchange, prefix: string): string => {
  try {
    return decodeURIComponent(path.slice(prefix.length));
  } catch {
    throw badInput('model', 'The model name in the URL is not valid percent-encoding. URL-encode the name.');
  }
};
