import type { Models } from '../../../models/service.ts';
import { sendJson } from '../../responses/json.ts';
import { type OllamaCompletionDeps, ollamaCompletion } from '../ollama/ollamaCompletions.ts';
import { failAsLlm } from '../ollama/ollamaErrors.ts';
import { modelListOf } from '../ollama/ollamaModels.ts';
import { chatInput, generateInput } from '../ollama/ollamaRequests.ts';
import { chatShape, emptyMessage, emptyResponse, generateShape } from '../ollama/ollamaResponses.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { llmChatRequest, llmGenerateRequest, withTemperature } from './llmRequests.ts';

export interface LlmRoutesDeps extends OllamaCompletionDeps {
  readonly models: Pick<Models, 'list'>;
}

/** The routes of `/api/llm`: Ollama's formats, with a stream only on request. */
export const llmRoutes = (deps: LlmRoutesDeps): readonly Route[] => {
  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/api/llm/models',
      async handle(exchange) {
        await requireViewer(exchange);
        sendJson(exchange.response, 200, modelListOf(await deps.models.list()));
      },
    },
    ollamaCompletion(deps, {
      path: '/api/llm/generate',
      schema: llmGenerateRequest,
      inputOf: (request) => generateInput(withTemperature(request)),
      shapeOf: generateShape,
      empty: emptyResponse,
    }),
    ollamaCompletion(deps, {
      path: '/api/llm/chat',
      schema: llmChatRequest,
      inputOf: (request) => chatInput(withTemperature(request)),
      shapeOf: chatShape,
      empty: emptyMessage,
    }),
  ];
  return routes.map((route) => ({ ...route, fail: failAsLlm }));
};
