import type { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import type { Attachments } from '../../../attachments/service.ts';
import type { BatchFiles } from '../../../batches/files/service.ts';
import type { Batches } from '../../../batches/service.ts';
import type { EmbeddingsService } from '../../../embeddings/service.ts';
import type { Generations } from '../../../generations/service.ts';
import { findModel, isChatModel, listWithAliases, type Models } from '../../../models/service.ts';
import { disconnectOf } from '../../server/clientDisconnect.ts';
import {
  cachePolicyOf,
  completionBodyLimit,
  completionErrors,
  sendCompletion,
  streamNote,
} from '../completions.ts';
import { endpoint, json, type Operation } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { nothingAt } from '../unknownPaths.ts';
import { openaiBatchRoutes } from './batches/batchRoutes.ts';
import { openaiFileRoutes } from './batches/fileRoutes.ts';
import { type Plan, planChat } from './chatPlan.ts';
import { createFileReader } from './fileParts.ts';
import { startChoices } from './openaiChoices.ts';
import {
  textCompletion,
  textCompletionInputs,
  textCompletionRequest,
  textCompletionShape,
} from './openaiCompletions.ts';
import { embeddingsRoute } from './openaiEmbeddings.ts';
import { failAsOpenAI } from './openaiErrors.ts';
import { chatCompletionRequest } from './openaiRequests.ts';
import {
  chatCompletion,
  chatCompletionChunk,
  openaiModel,
  openaiModelList,
  openaiModelOf,
} from './openaiResponses.ts';
import { withInputFilesRead } from './responses/responsesInput.ts';
import {
  responsesCompletionInput,
  responsesRequest,
  toolPolicyOfResponses,
} from './responses/responsesRequests.ts';
import { storedResponseRoutes } from './responses/responsesRoutes.ts';
import { responsesEvent, responsesResponse, responsesShape } from './responses/responsesShape.ts';
import { resolveInput, rulesOf } from './responses/storedResponses.ts';

export interface OpenAIDeps {
  readonly models: Pick<Models, 'list' | 'aliases' | 'resolve' | 'choose'>;
  readonly generations: Pick<Generations, 'complete' | 'storedAnswer' | 'deleteAnswer'>;
  readonly embeddings: EmbeddingsService;
  readonly attachments: Pick<Attachments, 'read'>;
  readonly batches: Batches;
  readonly batchFiles: BatchFiles;
}

interface CompletionFormat<Request> extends Pick<Operation, 'id' | 'summary' | 'description' | 'answer'> {
  readonly path: string;
  readonly schema: z.ZodType<Request>;
  readonly examples?: Readonly<Record<string, unknown>>;
  /** Returns the generations of a request and the wire format of their answers. */
  readonly plan: (request: Request, viewer: Viewer, signal: AbortSignal) => Plan | Promise<Plan>;
}

/** The routes of `/v1`, for clients of OpenAI's API. Each answer is a generation like any other. */
export const openaiRoutes = ({
  models,
  generations,
  embeddings,
  attachments,
  batches,
  batchFiles,
}: OpenAIDeps): readonly Route[] => {
  const completion = <Request extends { readonly stream?: boolean | null | undefined }>({
    schema,
    examples,
    plan,
    ...operation
  }: CompletionFormat<Request>): Route =>
    endpoint({
      ...operation,
      method: 'POST',
      tag: 'OpenAI',
      body: { schema, limit: completionBodyLimit, ...(examples && { examples }) },
      errors: completionErrors,
      async handle({ exchange, viewer, body }) {
        const { inputs, shapeOf } = await plan(body, viewer, disconnectOf(exchange));
        const cache = cachePolicyOf(exchange.request.headers);
        const begin = async () => {
          const choices = await startChoices(
            generations,
            viewer,
            inputs.map((input) => ({ ...input, cache })),
          );
          return { completion: choices, shape: shapeOf(choices) };
        };
        await sendCompletion(exchange, begin, body.stream ?? false);
      },
    });

  const routes: readonly Route[] = [
    endpoint({
      method: 'GET',
      path: '/v1/models',
      id: 'listOpenAIModels',
      tag: 'OpenAI',
      summary: 'List the installed models and the aliases.',
      answer: json('All installed models, and each alias as the model that answers for it.', openaiModelList),
      errors: [503],
      handle: async () => ({
        object: 'list' as const,
        data: (await listWithAliases(models)).filter(isChatModel).map(openaiModelOf),
      }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/models/{model}',
      id: 'getOpenAIModel',
      tag: 'OpenAI',
      summary: 'Resolve a model by its name.',
      parameter: 'The name of the model, URL-encoded.',
      answer: json('The model.', openaiModel),
      errors: [404, 503],
      handle: async ({ exchange, parameter }) => {
        if (parameter === '') throw nothingAt(exchange);
        const alias = (await listWithAliases(models)).find(({ name }) => name === parameter);
        return openaiModelOf(alias ?? (await findModel(models, parameter)));
      },
    }),
    completion({
      path: '/v1/chat/completions',
      id: 'createChatCompletion',
      summary: 'Create a chat completion.',
      description: streamNote,
      schema: chatCompletionRequest,
      examples: {
        'without streaming': {
          model: 'llama3.2',
          messages: [{ role: 'user', content: 'What is 2+2?' }],
        },
      },
      answer: eventsOf(chatCompletion, chatCompletionChunk),
      plan: (given, viewer, signal) => planChat(attachments, given, viewer, signal),
    }),
    completion({
      path: '/v1/completions',
      id: 'createCompletion',
      summary: 'Complete a prompt; the older form of chat completions.',
      description: streamNote,
      schema: textCompletionRequest,
      answer: eventsOf(textCompletion, textCompletion),
      plan: (request) => ({
        inputs: textCompletionInputs(request),
        shapeOf: (choices) => textCompletionShape(choices, request),
      }),
    }),
    completion({
      path: '/v1/responses',
      id: 'createResponse',
      summary: 'Create a response.',
      description: `The response becomes a turn of one of the caller's conversations, except with \`store: false\`. ${streamNote}`,
      schema: responsesRequest,
      answer: {
        description: 'The response: one JSON document, or with `stream` its events.',
        types: { 'application/json': responsesResponse, 'text/event-stream': responsesEvent },
      },
      async plan(given, viewer, signal) {
        const readFile = createFileReader(attachments, viewer, signal);
        const request = { ...given, input: await withInputFilesRead(given.input, readFile) };
        const policy = toolPolicyOfResponses(request);
        const { messages, store } = await resolveInput(generations, viewer, request);
        return {
          inputs: [{ ...responsesCompletionInput(request, messages, policy), store }],
          shapeOf: ({ generation }) => responsesShape(generation, { request, ...rulesOf(request) }),
        };
      },
    }),
    ...storedResponseRoutes(generations),
    embeddingsRoute(embeddings),
    ...openaiFileRoutes({ batches, batchFiles }),
    ...openaiBatchRoutes({ batches, batchFiles, models }),
  ];
  return routes.map((route) => ({ ...route, fail: failAsOpenAI }));
};

const eventsOf = (document: z.ZodType, chunk: z.ZodType): Operation['answer'] => ({
  description: 'The answer: one JSON document, or with `stream` an event per chunk, then `[DONE]`.',
  types: { 'application/json': document, 'text/event-stream': chunk },
});
