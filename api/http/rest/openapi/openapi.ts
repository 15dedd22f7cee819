import { auditCsv, auditQuery } from '../account/auditRoute.ts';
import { exportedAccount } from '../account/exportRoute.ts';
import { accessToken, credentials } from '../account/signInRoutes.ts';
import { livenessAnswer, llmStatusAnswer, readinessAnswer } from '../health.ts';
import { chatRequest, generateRequest } from '../llm/llmRequests.ts';
import { chatAnswer, generateAnswer, modelList } from '../llm/llmResponses.ts';
import { chatCompletionRequest } from '../openai/openaiRequests.ts';
import {
  chatCompletion,
  chatCompletionChunk,
  openaiModel,
  openaiModelList,
} from '../openai/openaiResponses.ts';
import { components, type ErrorStatus, type Operation, operationOf } from './operations.ts';

const messages = [{ role: 'user', content: 'What is 2+2?' }];

const ofCompletions: readonly ErrorStatus[] = [400, 401, 403, 404, 413, 429, 502, 503, 504];

const streamNote =
  'Closing the connection cancels the answer. A stream that fails half-way ends with an error and never looks complete.';

const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/login',
    id: 'login',
    tag: 'Signing in',
    summary: 'Sign in, for a token.',
    body: credentials,
    answer: { description: 'A token.', types: { 'application/json': accessToken } },
    errors: [400, 401, 413, 429],
    isPublic: true,
  },
  {
    method: 'post',
    path: '/api/auth/logout',
    id: 'logout',
    tag: 'Signing in',
    summary: 'End the session, and with it its token.',
    answer: { description: 'It has ended.', types: null },
    errors: [401],
  },
  {
    method: 'get',
    path: '/api/account/export',
    id: 'exportAccount',
    tag: 'Signing in',
    summary: 'A copy of all that one has.',
    description:
      'One JSON document, written as fast as it is read; one at a time for each user. It never has the hash of a password or a token in it.',
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
    summary: 'The audit log, the newest first.',
    description:
      'For administrators. CSV as in RFC 4180, written as fast as it is read; one at a time for each user. What a spreadsheet would take for a formula has an apostrophe before it. That it was fetched is in the log itself.',
    query: auditQuery,
    answer: {
      description: 'A line of names, then a line for each event.',
      types: { 'text/csv': auditCsv },
    },
    errors: [400, 401, 403, 429],
  },
  {
    method: 'get',
    path: '/api/llm/models',
    id: 'listModels',
    tag: 'Ollama',
    summary: 'The models that are installed.',
    answer: { description: 'As /api/tags of Ollama.', types: { 'application/json': modelList } },
    errors: [401, 503],
  },
  {
    method: 'post',
    path: '/api/llm/generate',
    id: 'generate',
    tag: 'Ollama',
    summary: 'Answer a prompt.',
    description: `As /api/generate of Ollama. ${streamNote}`,
    body: generateRequest,
    examples: { 'at once': { prompt: 'What is 2+2?', stream: false } },
    answer: {
      description: 'The answer: one JSON, or with `stream` a line for each piece.',
      types: { 'application/json': generateAnswer, 'application/x-ndjson': generateAnswer },
    },
    errors: ofCompletions,
  },
  {
    method: 'post',
    path: '/api/llm/chat',
    id: 'chat',
    tag: 'Ollama',
    summary: 'Answer messages.',
    description: `As /api/chat of Ollama. ${streamNote}`,
    body: chatRequest,
    examples: { 'at once': { messages, stream: false } },
    answer: {
      description: 'The answer: one JSON, or with `stream` a line for each piece.',
      types: { 'application/json': chatAnswer, 'application/x-ndjson': chatAnswer },
    },
    errors: ofCompletions,
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'listOpenAIModels',
    tag: 'OpenAI',
    summary: 'The models that are installed.',
    answer: { description: 'All of them.', types: { 'application/json': openaiModelList } },
    errors: [401, 503],
    errorsAs: 'openai',
  },
  {
    method: 'get',
    path: '/v1/models/{model}',
    id: 'getOpenAIModel',
    tag: 'OpenAI',
    summary: 'The model that answers for a name.',
    parameters: { model: 'Its name, URL-encoded.' },
    answer: { description: 'It.', types: { 'application/json': openaiModel } },
    errors: [401, 404, 503],
    errorsAs: 'openai',
  },
  {
    method: 'post',
    path: '/v1/chat/completions',
    id: 'createChatCompletion',
    tag: 'OpenAI',
    summary: 'Answer messages.',
    description: streamNote,
    body: chatCompletionRequest,
    examples: { 'at once': { model: 'llama3.2', messages } },
    answer: {
      description: 'The answer: one JSON, or with `stream` an event for each piece, then `[DONE]`.',
      types: { 'application/json': chatCompletion, 'text/event-stream': chatCompletionChunk },
    },
    errors: ofCompletions,
    errorsAs: 'openai',
  },
  {
    method: 'get',
    path: '/api/llm/status',
    id: 'llmStatus',
    tag: 'Health',
    summary: 'Whether there is an engine, and with which models.',
    answer: { description: 'Healthy or not.', types: { 'application/json': llmStatusAnswer } },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'live',
    tag: 'Health',
    summary: 'Whether the process answers.',
    answer: { description: 'It does.', types: { 'application/json': livenessAnswer } },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'ready',
    tag: 'Health',
    summary: "Whether it takes prompts, and each dependency's state.",
    answer: { description: 'It does.', types: { 'application/json': readinessAnswer } },
    also: { 503: 'Not now.' },
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

/** The REST addresses as an OpenAPI 3.1 document, made from the schemas that requests are checked by. */
export const openapiDocument = (version: string) => ({
  openapi: '3.1.1',
  info: {
    title: 'Ziggie LLM',
    version,
    description:
      'Language models on your own hardware, in the shapes of Ollama and of OpenAI. The whole service, with history, live streams that resume and much more, is GraphQL at /graphql.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ token: [] }, { apiKey: [] }, { session: [] }],
  tags: ['Signing in', 'Administration', 'Ollama', 'OpenAI', 'Health'].map((name) => ({ name })),
  paths: pathsOf(operations),
  components,
});
