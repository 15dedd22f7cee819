import { z } from 'zod';
import type { EmbeddingsService } from '../../../embeddings/service.ts';
import { forbidden } from '../../../errors/failures.ts';
import type { Pulls } from '../../../models/pulls.ts';
import { findModel, listWithAliases, type Models, withTag } from '../../../models/service.ts';
import { streamNote } from '../completions.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { type OllamaCompletionDeps, ollamaCompletion } from './ollamaCompletions.ts';
import { embeddingRoutes } from './ollamaEmbeddings.ts';
import { failAsOllama } from './ollamaErrors.ts';
import {
  modelDetails,
  modelDetailsOf,
  modelList,
  modelListOf,
  ollamaVersion,
  runningModels,
  runningModelsOf,
  versionResponse,
} from './ollamaModels.ts';
import { bodyLimit, hasName, missingName, nameFields, nameOf, pullRoute } from './ollamaPull.ts';
import { chatInput, chatRequest, generateInput, generateRequest } from './ollamaRequests.ts';
import {
  chatResponse,
  chatShape,
  emptyMessage,
  emptyResponse,
  generateResponse,
  generateShape,
} from './ollamaResponses.ts';

const namedModel = z.object(nameFields).refine(hasName, missingName);

export interface OllamaRoutesDeps extends OllamaCompletionDeps {
  readonly models: Pick<Models, 'list' | 'aliases' | 'resolve'>;
  readonly embeddings: EmbeddingsService;
  readonly pulls: Pick<Pulls, 'start' | 'watch' | 'remove'>;
}

/** Ollama's API at its own paths, for its clients. What an Ollama's owner does on its machine is rejected. */
export const ollamaRoutes = (deps: OllamaRoutesDeps): readonly Route[] => {
  const { models, pulls } = deps;

  const get = <Answer extends z.ZodType>(
    path: string,
    id: string,
    summary: string,
    schema: Answer,
    answer: () => Promise<z.input<Answer>>,
  ): Route =>
    endpoint({
      method: 'GET',
      path,
      id,
      tag: 'Ollama',
      summary,
      answer: json("In Ollama's format.", schema),
      errors: [503],
      handle: answer,
    });

  const routes: readonly Route[] = [
    ollamaCompletion(deps, {
      path: '/api/generate',
      id: 'ollamaGenerate',
      tag: 'Ollama',
      summary: 'Generate an answer to a prompt.',
      description: `A stream by default. ${streamNote}`,
      schema: generateRequest,
      examples: { 'without streaming': { model: 'llama3.2', prompt: 'What is 2+2?', stream: false } },
      response: generateResponse,
      inputOf: generateInput,
      shapeOf: generateShape,
      empty: emptyResponse,
    }),
    ollamaCompletion(deps, {
      path: '/api/chat',
      id: 'ollamaChat',
      tag: 'Ollama',
      summary: 'Generate the next message of a chat.',
      description: `A stream by default. ${streamNote}`,
      schema: chatRequest,
      examples: {
        'without streaming': {
          model: 'llama3.2',
          messages: [{ role: 'user', content: 'What is 2+2?' }],
          stream: false,
        },
      },
      response: chatResponse,
      inputOf: chatInput,
      shapeOf: chatShape,
      empty: emptyMessage,
    }),
    ...embeddingRoutes(deps.embeddings),
    get('/api/tags', 'ollamaTags', 'List the installed models and the aliases.', modelList, async () =>
      modelListOf(await listWithAliases(models)),
    ),
    get('/api/ps', 'ollamaPs', 'List the models that are loaded.', runningModels, async () =>
      runningModelsOf(await models.list()),
    ),
    get(
      '/api/version',
      'ollamaVersion',
      'The release of Ollama whose API this is.',
      versionResponse,
      async () => ({ version: ollamaVersion }),
    ),
    endpoint({
      method: 'POST',
      path: '/api/show',
      id: 'ollamaShow',
      tag: 'Ollama',
      summary: 'Describe a model.',
      body: { schema: namedModel, limit: bodyLimit },
      answer: json('The model.', modelDetails),
      errors: [404, 503],
      handle: async ({ body }) => modelDetailsOf(await findModel(models, nameOf(body))),
    }),
    pullRoute(pulls),
    endpoint({
      method: 'DELETE',
      path: '/api/delete',
      id: 'ollamaDelete',
      tag: 'Ollama',
      summary: 'Delete a model, for administrators.',
      body: { schema: namedModel, limit: bodyLimit },
      answer: json('The model is deleted.', z.object({}).optional()),
      errors: [403, 404, 502, 503],
      async handle({ exchange, viewer, body }) {
        await pulls.remove(viewer, { name: withTag(nameOf(body)), backend: null });
        exchange.response.writeHead(200, { 'Content-Length': 0 }).end();
      },
    }),
    ...['create', 'push', 'copy', 'blobs/*'].flatMap((name) =>
      (['POST', 'GET'] as const).map((method) =>
        endpoint({
          unlisted: 'rejection',
          method,
          path: `/api/${name}`,
          credentials: 'required',
          async handle({ exchange }) {
            throw forbidden(
              `${exchange.path} changes the models of the Ollama behind this service, which only its owner may, on its own machine. Administrators may pull and delete models here.`,
            );
          },
        }),
      ),
    ),
  ];
  return routes.map((route) => ({ ...route, fail: failAsOllama }));
};
