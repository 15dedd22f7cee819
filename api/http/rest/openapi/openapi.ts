import { auditCsv, auditQuery } from '../account/auditRoute.ts';
import { exportedAccount } from '../account/exportRoute.ts';
import { accessToken, credentials } from '../account/signInRoutes.ts';
import { messagesRequest } from '../anthropic/anthropicRequests.ts';
import { messagesEvent, messagesResponse } from '../anthropic/anthropicShape.ts';
import { livenessResponse, llmStatusResponse, readinessResponse } from '../health.ts';
import { llmChatRequest, llmGenerateRequest } from '../llm/llmRequests.ts';
import { modelList } from '../ollama/ollamaModels.ts';
import { chatResponse, generateResponse } from '../ollama/ollamaResponses.ts';
import { textCompletion, textCompletionRequest } from '../openai/openaiCompletions.ts';
import { embeddingsRequest, embeddingsResponse } from '../openai/openaiEmbeddings.ts';
import { chatCompletionRequest } from '../openai/openaiRequests.ts';
import {
  chatCompletion,
  chatCompletionChunk,
  openaiModel,
  openaiModelList,
} from '../openai/openaiResponses.ts';
import { responsesRequest } from '../openai/responsesRequests.ts';
import { responsesEvent, responsesResponse } from '../openai/responsesShape.ts';
import { completionErrors, ollamaAnswer, ollamaOperations, streamNote } from './ollamaOperations.ts';
import { components, type Operation, operationOf } from './operations.ts';

const messages = [{ role: 'user', content: 'What is 2+2?' }];

const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/login',
    id: 'login',
    tag: 'Signing in',
    summary: 'Sign in and get a token.',
    body: credentials,
    answer: { description: 'The token.', types: { 'application/json': accessToken } },
    errors: [400, 401, 413, 429],
    isPublic: true,
  },
  {
    method: 'post',
    path: '/api/auth/logout',
    id: 'logout',
    tag: 'Signing in',
    summary: 'Sign out: end the session and its token.',
    answer: { description: 'The session has ended.', types: null },
    errors: [401],
  },
  {
    method: 'get',
    path: '/api/account/export',
    id: 'exportAccount',
    tag: 'Signing in',
    summary: 'Export all data of your account.',
    description:
      'One JSON document, generated while it is downloaded; one download at a time per user. It never contains the hash of a password or token.',
    answer: {
      description: 'The account, its sessions, conversations, messages, generations, usage and audit events.',
      types: { 'application/json': exportedAccount },
    },
    errors: [401, 429],
  },
  {
    method: 'get',
    path: '/api/audit.csv',
    id: 'exportAuditLog',
    tag: 'Administration',
    summary: 'Export the audit log, newest first.',
    description:
      'For administrators. CSV (RFC 4180), generated while it is downloaded; one download at a time per user. An apostrophe precedes values that a spreadsheet would run as a formula. The download is itself recorded in the log.',
    query: auditQuery,
    answer: {
      description: 'A header line, then a line per event.',
      types: { 'text/csv': auditCsv },
    },
    errors: [400, 401, 403, 429],
  },
  {
    method: 'get',
    path: '/api/llm/models',
    id: 'listModels',
    tag: 'Completions',
    summary: 'List the installed models.',
    answer: { description: "In the format of Ollama's /api/tags.", types: { 'application/json': modelList } },
    errors: [401, 503],
    errorsAs: 'llm',
  },
  {
    method: 'post',
    path: '/api/llm/generate',
    id: 'generate',
    tag: 'Completions',
    summary: 'Generate an answer to a prompt.',
    description: `In the format of Ollama's /api/generate, with a stream only on request. ${streamNote}`,
    body: llmGenerateRequest,
    examples: { 'a prompt': { model: 'llama3.2', prompt: 'What is 2+2?', temperature: 0.7 } },
    answer: ollamaAnswer(generateResponse),
    errors: completionErrors,
    errorsAs: 'llm',
  },
  {
    method: 'post',
    path: '/api/llm/chat',
    id: 'chat',
    tag: 'Completions',
    summary: 'Generate the next message of a chat.',
    description: `In the format of Ollama's /api/chat, with a stream only on request. ${streamNote}`,
    body: llmChatRequest,
    examples: { 'a chat': { model: 'llama3.2', messages } },
    answer: ollamaAnswer(chatResponse),
    errors: completionErrors,
    errorsAs: 'llm',
  },
  ...ollamaOperations,
  {
    method: 'get',
    path: '/v1/models',
    id: 'listOpenAIModels',
    tag: 'OpenAI',
    summary: 'List the installed models.',
    answer: { description: 'All installed models.', types: { 'application/json': openaiModelList } },
    errors: [401, 503],
    errorsAs: 'openai',
  },
  {
    method: 'get',
    path: '/v1/models/{model}',
    id: 'getOpenAIModel',
    tag: 'OpenAI',
    summary: 'Resolve a model by its name.',
    parameters: { model: 'The name of the model, URL-encoded.' },
    answer: { description: 'The model.', types: { 'application/json': openaiModel } },
    errors: [401, 404, 503],
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/chat/completions',
    id: 'createChatCompletion',
    tag: 'OpenAI',
    summary: 'Create a chat completion.',
    description: streamNote,
    body: chatCompletionRequest,
    examples: { 'without streaming': { model: 'llama3.2', messages } },
    answer: {
      description: 'The answer: one JSON document, or with `stream` an event per chunk, then `[DONE]`.',
      types: { 'application/json': chatCompletion, 'text/event-stream': chatCompletionChunk },
    },
    errors: completionErrors,
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/completions',
    id: 'createCompletion',
    tag: 'OpenAI',
    summary: 'Complete a prompt; the older form of chat completions.',
    description: streamNote,
    body: textCompletionRequest,
    answer: {
      description: 'The answer: one JSON document, or with `stream` an event per chunk, then `[DONE]`.',
      types: { 'application/json': textCompletion, 'text/event-stream': textCompletion },
    },
    errors: completionErrors,
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/responses',
    id: 'createResponse',
    tag: 'OpenAI',
    summary: 'Create a response.',
    description: `Nothing is stored: send all earlier items with each request. ${streamNote}`,
    body: responsesRequest,
    answer: {
      description: 'The response: one JSON document, or with `stream` its events.',
      types: { 'application/json': responsesResponse, 'text/event-stream': responsesEvent },
    },
    errors: completionErrors,
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    id: 'createEmbeddings',
    tag: 'OpenAI',
    summary: 'Compute embeddings of texts.',
    body: embeddingsRequest,
    answer: { description: 'One vector for each text.', types: { 'application/json': embeddingsResponse } },
    errors: completionErrors,
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/messages',
    id: 'createMessage',
    tag: 'Anthropic',
    summary: 'Create a message.',
    description: streamNote,
    body: messagesRequest,
    answer: {
      description: 'The message: one JSON document, or with `stream` its events.',
      types: { 'application/json': messagesResponse, 'text/event-stream': messagesEvent },
    },
    errors: completionErrors,
    errorsAs: 'anthropic',
  },
  {
    method: 'get',
    path: '/api/llm/status',
    id: 'llmStatus',
    tag: 'Health',
    summary: 'Whether the engine is ready, and its number of models.',
    answer: { description: 'The state of the engine.', types: { 'application/json': llmStatusResponse } },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'live',
    tag: 'Health',
    summary: 'Liveness: whether the process answers.',
    answer: { description: 'The process is live.', types: { 'application/json': livenessResponse } },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'ready',
    tag: 'Health',
    summary: 'Readiness: whether users can sign in and get answers, and the state of each dependency.',
    answer: { description: 'Ready.', types: { 'application/json': readinessResponse } },
    also: { 503: 'Not ready.' },
    errors: [],
    isPublic: true,
  },
];

const pathsOf = (all: readonly Operation[]): Record<string, Record<string, object>> => {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of all) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationOf(operation) };
  }
  return paths;
};

/** Returns the OpenAPI 3.1 document of the REST API, generated from the schemas that validate the requests. */
export const openapiDocument = (version: string) => ({
  openapi: '3.1.1',
  info: {
    title: 'Ziggie LLM',
    version,
    description:
      'Language models on your own hardware, in the formats of Ollama and OpenAI. The full service, with history and resumable live streams, is the GraphQL API at /graphql.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ token: [] }, { apiKey: [] }, { session: [] }],
  tags: ['Signing in', 'Administration', 'Completions', 'Ollama', 'OpenAI', 'Anthropic', 'Health'].map(
    (name) => ({
      name,
    }),
  ),
  paths: pathsOf(operations),
  components,
});
