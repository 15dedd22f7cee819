import { listWithAliases, type Models } from '../../../models/service.ts';
import { streamNote } from '../completions.ts';
import { endpoint, json } from '../endpoint.ts';
import { type OllamaCompletionDeps, ollamaCompletion } from '../ollama/ollamaCompletions.ts';
import { failAsLlm } from '../ollama/ollamaErrors.ts';
import { modelList, modelListOf } from '../ollama/ollamaModels.ts';
import { chatInput, generateInput } from '../ollama/ollamaRequests.ts';
import {
  chatResponse,
  chatShape,
  emptyMessage,
  emptyResponse,
  generateResponse,
  generateShape,
} from '../ollama/ollamaResponses.ts';
import type { Route } from '../routes.ts';
import { llmChatRequest, llmGenerateRequest, withTemperature } from './llmRequests.ts';

export interface LlmRoutesDeps extends OllamaCompletionDeps {
  readonly models: Pick<Models, 'list' | 'aliases'>;
}

/** The routes of `/api/llm`: Ollama's formats, with a stream only on request. */
export const llmRoutes = (deps: LlmRoutesDeps): readonly Route[] => {
  const routes: readonly Route[] = [
    endpoint({
      method: 'GET',
      path: '/api/llm/models',
      id: 'listModels',
      tag: 'Completions',
      summary: 'List the installed models and the aliases.',
      answer: json("In the format of Ollama's /api/tags.", modelList),
      errors: [503],
      handle: async () => modelListOf(await listWithAliases(deps.models)),
    }),
    ollamaCompletion(deps, {
      path: '/api/llm/generate',
      id: 'generate',
      tag: 'Completions',
      summary: 'Generate an answer to a prompt.',
      description: `In the format of Ollama's /api/generate, with a stream only on request. ${streamNote}`,
      schema: llmGenerateRequest,
      examples: { 'a prompt': { model: 'llama3.2', prompt: 'What is 2+2?', temperature: 0.7 } },
      response: generateResponse,
      inputOf: (request) => generateInput(withTemperature(request)),
      shapeOf: generateShape,
      empty: emptyResponse,
    }),
    ollamaCompletion(deps, {
      path: '/api/llm/chat',
      id: 'chat',
      tag: 'Completions',
      summary: 'Generate the next message of a chat.',
      description: `In the format of Ollama's /api/chat, with a stream only on request. ${streamNote}`,
      schema: llmChatRequest,
      examples: {
        'a chat': { model: 'llama3.2', messages: [{ role: 'user', content: 'What is 2+2?' }] },
      },
      response: chatResponse,
      inputOf: (request) => chatInput(withTemperature(request)),
      shapeOf: chatShape,
      empty: emptyMessage,
    }),
  ];
  return routes.map((route) => ({ ...route, fail: failAsLlm }));
};
