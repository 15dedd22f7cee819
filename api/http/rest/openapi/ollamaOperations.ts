import { z } from 'zod';
import {
  embeddingRequest,
  embeddingResponse,
  embedRequest,
  embedResponse,
} from '../ollama/ollamaEmbeddings.ts';
import { modelDetails, modelList, runningModels, versionResponse } from '../ollama/ollamaModels.ts';
import { pullProgress, pullRequest } from '../ollama/ollamaPull.ts';
import { chatRequest, generateRequest } from '../ollama/ollamaRequests.ts';
import { chatResponse, generateResponse } from '../ollama/ollamaResponses.ts';
import { namedModel } from '../ollama/ollamaRoutes.ts';
import type { ErrorStatus, Operation } from './operations.ts';

export const completionErrors: readonly ErrorStatus[] = [400, 401, 403, 404, 413, 429, 502, 503, 504];

export const streamNote =
  'Closing the connection cancels the generation. A stream that fails ends with an error, so that it never looks complete.';

export const ollamaAnswer = (schema: z.ZodType): Operation['answer'] => ({
  description: 'The answer: one JSON document, or with `stream` a JSON line per chunk.',
  types: { 'application/json': schema, 'application/x-ndjson': schema },
});

const messages = [{ role: 'user', content: 'What is 2+2?' }];

const getOperation = (path: string, id: string, summary: string, schema: z.ZodType): Operation => ({
  method: 'get',
  path,
  id,
  tag: 'Ollama',
  summary,
  answer: { description: "In Ollama's format.", types: { 'application/json': schema } },
  errors: [401, 503],
  errorsAs: 'ollama',
});

/** Ollama's API at its own paths. */
export const ollamaOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/generate',
    id: 'ollamaGenerate',
    tag: 'Ollama',
    summary: 'Generate an answer to a prompt.',
    description: `A stream by default. ${streamNote}`,
    body: generateRequest,
    examples: { 'without streaming': { model: 'llama3.2', prompt: 'What is 2+2?', stream: false } },
    answer: ollamaAnswer(generateResponse),
    errors: completionErrors,
    errorsAs: 'ollama',
  },
  {
    method: 'post',
    path: '/api/chat',
    id: 'ollamaChat',
    tag: 'Ollama',
    summary: 'Generate the next message of a chat.',
    description: `A stream by default. ${streamNote}`,
    body: chatRequest,
    examples: { 'without streaming': { model: 'llama3.2', messages, stream: false } },
    answer: ollamaAnswer(chatResponse),
    errors: completionErrors,
    errorsAs: 'ollama',
  },
  {
    method: 'post',
    path: '/api/embed',
    id: 'ollamaEmbed',
    tag: 'Ollama',
    summary: 'Compute embeddings of texts.',
    body: embedRequest,
    answer: { description: 'One vector for each text.', types: { 'application/json': embedResponse } },
    errors: completionErrors,
    errorsAs: 'ollama',
  },
  {
    method: 'post',
    path: '/api/embeddings',
    id: 'ollamaEmbeddings',
    tag: 'Ollama',
    summary: 'Compute the embedding of one text; the older form of /api/embed.',
    body: embeddingRequest,
    answer: { description: 'The vector.', types: { 'application/json': embeddingResponse } },
    errors: completionErrors,
    errorsAs: 'ollama',
  },
  getOperation('/api/tags', 'ollamaTags', 'List the installed models.', modelList),
  getOperation('/api/ps', 'ollamaPs', 'List the models that are loaded.', runningModels),
  getOperation('/api/version', 'ollamaVersion', 'The release of Ollama whose API this is.', versionResponse),
  {
    method: 'post',
    path: '/api/show',
    id: 'ollamaShow',
    tag: 'Ollama',
    summary: 'Describe a model.',
    body: namedModel,
    answer: { description: 'The model.', types: { 'application/json': modelDetails } },
    errors: [400, 401, 404, 503],
    errorsAs: 'ollama',
  },
  {
    method: 'post',
    path: '/api/pull',
    id: 'ollamaPull',
    tag: 'Ollama',
    summary: 'Pull a model, for administrators.',
    description: 'A stream of the progress by default. The pull goes on when the connection is closed.',
    body: pullRequest,
    answer: ollamaAnswer(pullProgress),
    errors: [400, 401, 403, 404, 502, 503, 504],
    errorsAs: 'ollama',
  },
  {
    method: 'delete',
    path: '/api/delete',
    id: 'ollamaDelete',
    tag: 'Ollama',
    summary: 'Delete a model, for administrators.',
    body: namedModel,
    answer: { description: 'The model is deleted.', types: { 'application/json': z.object({}).optional() } },
    errors: [400, 401, 403, 404, 502, 503],
    errorsAs: 'ollama',
  },
];
