import { z } from 'zod';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import {
  maxTokens,
  modelName,
  only,
  present,
  seed,
  stopOrStops,
  temperature,
  toolOf,
  tools,
  topK,
  topP,
} from '../requestFields.ts';
import { engineMessages, messages } from './openaiMessages.ts';

/** The request of OpenAI's chat completions: what it takes and we can do, the rest refused, what is unknown passed over. */

const notOffered = "can't be set here";

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().max(200).nullish(),
      description: z.string().max(10_000).nullish(),
      strict: z.boolean().nullish().describe('The answer always fits the schema.'),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
]);

export const chatCompletionRequest = z
  .object({
    model: modelName.describe('`llama3.2` means `llama3.2:latest`.').meta({ examples: ['llama3.2'] }),
    messages,
    stream: z.boolean().nullish().describe('`chat.completion.chunk`s as server-sent events.'),
    stream_options: z
      .object({ include_usage: z.boolean().nullish().describe('A last chunk says what was used.') })
      .nullish(),
    response_format: responseFormat.nullish(),
    max_completion_tokens: maxTokens.describe('The most tokens the answer may have.'),
    max_tokens: maxTokens.describe('The older name of `max_completion_tokens`.'),
    temperature,
    top_p: topP,
    top_k: topK.describe('Not of OpenAI.'),
    seed,
    stop: stopOrStops,
    n: only(1, 'can only be 1 here: ask again for another answer'),
    logprobs: only(false, notOffered),
    presence_penalty: only(0, notOffered),
    frequency_penalty: only(0, notOffered),
    logit_bias: z
      .record(z.string(), z.number())
      .refine((biases) => Object.keys(biases).length === 0, notOffered)
      .nullish(),
    tools: tools.describe('What the model may ask for; only for models that can.'),
    tool_choice: z
      .literal(['auto', 'none'], { error: 'can only be "auto" or "none" here' })
      .nullish()
      .describe('Whether it may.'),
    parallel_tool_calls: only(true, 'can only be true here'),
    functions: z.array(z.unknown()).max(0, 'are called tools now: use those').nullish(),
    modalities: z
      .array(z.literal('text', { error: 'can only be "text" here' }))
      .max(10)
      .nullish(),
  })
  .refine(({ stream, stream_options: options }) => stream || !options, {
    path: ['stream_options'],
    error: 'can only be set where stream is true',
  });

export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;

export const chatCompletionInput = (request: ChatCompletionRequest): CompletionInput => {
  const { temperature, top_p, top_k, seed, stop, max_tokens, max_completion_tokens } = request;
  return {
    model: request.model,
    messages: engineMessages(request.messages),
    tools: request.tool_choice === 'none' ? [] : (request.tools ?? []).map(toolOf),
    format: formatOf(request),
    options: present({
      temperature,
      topP: top_p,
      topK: top_k,
      seed,
      maxTokens: max_completion_tokens ?? max_tokens,
      stop: typeof stop === 'string' ? [stop] : stop,
    }),
  };
};

const formatOf = ({ response_format: format }: ChatCompletionRequest) => {
  if (format?.type === 'json_schema') return format.json_schema.schema;
  return format?.type === 'json_object' ? 'json' : null;
};
