import { z } from 'zod';
import type { EmbeddingsService } from '../../../embeddings/service.ts';
import { forbidden } from '../../../errors/failures.ts';
import type { Pulls } from '../../../models/pulls.ts';
import { findModel, type Models, withTag } from '../../../models/service.ts';
import { sendJson } from '../../responses/json.ts';
import { readJson } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';
import { type OllamaCompletionDeps, ollamaCompletion } from './ollamaCompletions.ts';
import { embeddingRoutes } from './ollamaEmbeddings.ts';
import { failAsOllama } from './ollamaErrors.ts';
import { modelDetailsOf, modelListOf, ollamaVersion, runningModelsOf } from './ollamaModels.ts';
import { bodyLimit, hasName, missingName, nameFields, nameOf, pullHandler } from './ollamaPull.ts';
import { chatInput, chatRequest, generateInput, generateRequest } from './ollamaRequests.ts';
import { chatShape, emptyMessage, emptyResponse, generateShape } from './ollamaResponses.ts';

export const namedModel = z.object(nameFields).refine(hasName, missingName);

export interface OllamaRoutesDeps extends OllamaCompletionDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly embeddings: EmbeddingsService;
  readonly pulls: Pick<Pulls, 'start' | 'watch' | 'remove'>;
}

/** Ollama's API at its own paths, for its clients. What an Ollama's owner does on its machine is rejected. */
export const ollamaRoutes = (deps: OllamaRoutesDeps): readonly Route[] => {
  const { models, pulls } = deps;

  const get = (path: string, answer: () => Promise<object>): Route => ({
    method: 'GET',
    path,
    async handle(exchange) {
      await requireViewer(exchange);
      sendJson(exchange.response, 200, await answer());
    },
  });

  const readModelName = async ({ request }: Exchange): Promise<string> =>
    nameOf(validate(namedModel, await readJson(request, bodyLimit)));

  const routes: readonly Route[] = [
    ollamaCompletion(deps, {
      path: '/api/generate',
      schema: generateRequest,
      inputOf: generateInput,
      shapeOf: generateShape,
      empty: emptyResponse,
    }),
    ollamaCompletion(deps, {
      path: '/api/chat',
      schema: chatRequest,
      inputOf: chatInput,
      shapeOf: chatShape,
      empty: emptyMessage,
    }),
    ...embeddingRoutes(deps.embeddings),
    get('/api/tags', async () => modelListOf(await models.list())),
    get('/api/ps', async () => runningModelsOf(await models.list())),
    get('/api/version', async () => ({ version: ollamaVersion })),
    {
      method: 'POST',
      path: '/api/show',
      async handle(exchange) {
        await requireViewer(exchange);
        const model = await findModel(models, await readModelName(exchange));
        sendJson(exchange.response, 200, modelDetailsOf(model));
      },
    },
    { method: 'POST', path: '/api/pull', handle: pullHandler(pulls) },
    {
      method: 'DELETE',
      path: '/api/delete',
      async handle(exchange) {
        const viewer = await requireViewer(exchange);
        const asked = await readModelName(exchange);
        await pulls.remove(viewer, { name: withTag(asked), backend: null });
        exchange.response.writeHead(200, { 'Content-Length': 0 }).end();
      },
    },
    ...['create', 'push', 'copy', 'blobs/*'].flatMap((name): Route[] =>
      (['POST', 'GET'] as const).map((method) => ({
        method,
        path: `/api/${name}`,
        async handle(exchange) {
          await requireViewer(exchange);
          throw forbidden(
            `${exchange.path} changes the models of the Ollama behind this service, which only its owner may, on its own machine. Administrators may pull and delete models here.`,
          );
        },
      })),
    ),
  ];
  return routes.map((route) => ({ ...route, fail: failAsOllama }));
};
