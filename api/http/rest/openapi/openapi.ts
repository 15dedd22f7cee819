import { auditCsv, auditQuery } from '../account/auditRoute.ts';
import { exportedAccount } from '../account/exportRoute.ts';
import { accessToken, credentials } from '../account/signInRoutes.ts';
import { livenessResponse, llmStatusResponse, readinessResponse } from '../health.ts';
import { chatRequest, generateRequest } from '../llm/llmRequests.ts';
import { chatResponse, generateResponse, modelList } from '../llm/llmResponses.ts';
import { chatCompletionRequest } from '../openai/openaiRequests.ts';
import {
  chatCompletion,
  chatCompletionChunk,
  openaiModel,
  openaiModelList,
} from '../openai/openaiResponses.ts';
import { components, type ErrorStatus, type Operation, operationOf } from './operations.ts';

const messages = [{ role: 'user', content: 'What is 2+2?' }];

const completionErrors: readonly ErrorStatus[] = [400, 401, 403, 404, 413, 429, 502, 503, 504];

const streamNote =
  'Closing the connection cancels the generation. A stream that fails ends with an error, so that it never looks complete.';

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
    tag: 'Ollama',
    summary: 'List the installed models.',
    answer: { description: "In the format of Ollama's /api/tags.", types: { 'application/json': modelList } },
    errors: [401, 503],
  },
  {
    method: 'post',
    path: '/api/llm/generate',
    id: 'generate',
    tag: 'Ollama',
    summary: 'Generate an answer to a prompt.',
    description: `In the format of Ollama's /api/generate. ${streamNote}`,
    body: generateRequest,
    examples: { 'without streaming': { prompt: 'What is 2+2?', stream: false } },
    answer: {
      description: 'The answer: one JSON document, or with `stream` a JSON line per chunk.',
      types: { 'application/json': generateResponse, 'application/x-ndjson': generateResponse },
    },
    errors: completionErrors,
  },
  {
    method: 'post',
    path: '/api/llm/chat',
    id: 'chat',
    tag: 'Ollama',
    summary: 'Generate the next message of a chat.',
    description: `In the format of Ollama's /api/chat. ${streamNote}`,
    body: chatRequest,
    examples: { 'without streaming': { messages, stream: false } },
    answer: {
      description: 'The answer: one JSON document, or with `stream` a JSON line per chunk.',
      types: { 'application/json': chatResponse, 'application/x-ndjson': chatResponse },
    },
    errors: completionErrors,
  },
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
  tags: ['Signing in', 'Administration', 'Ollama', 'OpenAI', 'Health'].map((name) => ({ name })),
  paths: pathsOf(operations),
  components,
});
