import type { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import { badInput } from '../../../errors/failures.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import type { Models } from '../../../models/service.ts';
import {
  type CompletionShape,
  cachePolicyOf,
  completionBodyLimit,
  completionErrors,
  sendCompletion,
  streamNote,
} from '../completions.ts';
import { type Call, endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import {
  type ChatRequest,
  chatInput,
  chatRequest,
  type GenerateRequest,
  generateInput,
  generateRequest,
} from './llmRequests.ts';
import {
  chatResponse,
  chatShape,
  generateResponse,
  generateShape,
  modelList,
  modelListOf,
} from './llmResponses.ts';

export interface LlmRoutesDeps {
  readonly models: Pick<Models, 'list' | 'resolve'>;
  readonly generations: Pick<Generations, 'complete'>;
  readonly clock: () => Date;
}

/** The routes of `/api/llm`, in the formats of Ollama's API. Each completion is a generation like any other. */
export const llmRoutes = (deps: LlmRoutesDeps): readonly Route[] => {
  const { models, generations, clock } = deps;

  const complete = async (
    { exchange, viewer, body }: Call<unknown, GenerateRequest | ChatRequest, Viewer>,
    input: CompletionInput,
    shapeOf: (generation: Generation, clock: () => Date) => CompletionShape,
  ): Promise<undefined> => {
    await checkThinking(models, body);
    const begin = async () => {
      const cache = cachePolicyOf(exchange.request.headers);
      const completion = await generations.complete(viewer, { ...input, cache });
      return { completion, shape: shapeOf(completion.generation, clock) };
    };
    await sendCompletion(exchange, begin, body.stream);
  };

  return [
    endpoint({
      method: 'GET',
      path: '/api/llm/models',
      id: 'listModels',
      tag: 'Ollama',
      summary: 'List the installed models.',
      answer: json("In the format of Ollama's /api/tags.", modelList),
      errors: [503],
      handle: async () => modelListOf(await models.list()),
    }),
    endpoint({
      method: 'POST',
      path: '/api/llm/generate',
      id: 'generate',
      tag: 'Ollama',
      summary: 'Generate an answer to a prompt.',
      description: `In the format of Ollama's /api/generate. ${streamNote}`,
      body: {
        schema: generateRequest,
        limit: completionBodyLimit,
        examples: { 'without streaming': { prompt: 'What is 2+2?', stream: false } },
      },
      answer: answerOf(generateResponse),
      errors: completionErrors,
      handle: async (call) => complete(call, generateInput(call.body), generateShape),
    }),
    endpoint({
      method: 'POST',
      path: '/api/llm/chat',
      id: 'chat',
      tag: 'Ollama',
      summary: 'Generate the next message of a chat.',
      description: `In the format of Ollama's /api/chat. ${streamNote}`,
      body: {
        schema: chatRequest,
        limit: completionBodyLimit,
        examples: {
          'without streaming': { messages: [{ role: 'user', content: 'What is 2+2?' }], stream: false },
        },
      },
      answer: answerOf(chatResponse),
      errors: completionErrors,
      handle: async (call) => complete(call, chatInput(call.body), chatShape),
    }),
  ];
};

const answerOf = <Schema extends z.ZodType>(schema: Schema) => ({
  description: 'The answer: one JSON document, or with `stream` a JSON line per chunk.',
  types: { 'application/json': schema, 'application/x-ndjson': schema },
});

/** Throws `BAD_USER_INPUT` for a value of `think` that the model can't follow. */
const checkThinking = async (
  models: LlmRoutesDeps['models'],
  { model: asked, think }: GenerateRequest | ChatRequest,
): Promise<void> => {
  if (typeof think !== 'boolean') return;
  const { name, capabilities } = await models.resolve(asked ?? null);
  if (capabilities.includes('thinking') === think) return;
  throw badInput(
    'think',
    `think is ${think}, but ${name} ${think ? "can't think" : 'always thinks'}. Leave it out, or choose another model.`,
  );
};
