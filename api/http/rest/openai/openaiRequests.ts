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
} from '../completionFields.ts';
import { engineMessages, messages } from './openaiMessages.ts';

// The request of OpenAI's chat completions. Known fields that aren't supported are rejected, unknown ones ignored.

const unsupported = 'is not supported here: leave it out';

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().max(200).nullish(),
      description: z.string().max(10_000).nullish(),
      strict: z.boolean().nullish().describe('Has no effect: the answer always matches the schema.'),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
]);

export const chatCompletionRequest = z
  .object({
    model: modelName.describe('`llama3.2` means `llama3.2:latest`.').meta({ examples: ['llama3.2'] }),
    messages,
    stream: z.boolean().nullish().describe('Whether to send `chat.completion.chunk`s as server-sent events.'),
    stream_options: z
      .object({ include_usage: z.boolean().nullish().describe('Whether a last chunk has the token usage.') })
      .nullish(),
    response_format: responseFormat.nullish(),
    max_completion_tokens: maxTokens.describe('The maximum tokens of the answer.'),
    max_tokens: maxTokens.describe('The older name of `max_completion_tokens`.'),
    temperature,
    top_p: topP,
    top_k: topK.describe("Not part of OpenAI's API."),
    seed,
    stop: stopOrStops,
    n: only(1, 'can only be 1 here: send another request for another answer'),
    logprobs: only(false, unsupported),
    presence_penalty: only(0, unsupported),
    frequency_penalty: only(0, unsupported),
    logit_bias: z
      .record(z.string(), z.number())
      .refine((biases) => Object.keys(biases).length === 0, unsupported)
      .nullish(),
    tools: tools.describe('The tools that the model may call; only for models with tool support.'),
    tool_choice: z
      .literal(['auto', 'none'], { error: 'can only be "auto" or "none" here' })
      .nullish()
      .describe('Whether the model may call tools.'),
    parallel_tool_calls: only(true, 'can only be true here'),
    functions: z.array(z.unknown()).max(0, 'is deprecated and not supported: use tools').nullish(),
    modalities: z
      .array(z.literal('text', { error: 'can only be "text" here' }))
      .max(10)
      .nullish(),
  })
  .refine(({ stream, stream_options: options }) => stream || !options, {
    path: ['stream_options'],
    error: 'can only be set if stream is true',
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
