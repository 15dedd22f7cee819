import { z } from 'zod';
import type { GenerationOptions } from '../../../conversations/conversation.ts';
import type { EngineThinking } from '../../../engine/engine.ts';
import { badInput } from '../../../errors/failures.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import { toolLimits } from '../../../tools/tool.ts';
import {
  clampTokens,
  foldSeed,
  frequencyPenalty,
  logprobsField,
  maxTokens,
  minP,
  modelName,
  presencePenalty,
  present,
  seed,
  stopOrStops,
  temperature,
  toolOf,
  tools,
  topK,
  topLogprobs,
  topP,
} from '../completionFields.ts';
import { engineMessages, messages } from './openaiMessages.ts';
import {
  forcedFormat,
  functionCall,
  functions,
  type ToolPolicy,
  toolChoice,
  toolPolicyOf,
  withForcedTools,
} from './openaiTools.ts';

// The request of OpenAI's chat completions. Unknown fields are ignored; known ones that would change the answer and aren't
// supported are rejected.

export const unsupported = 'is not supported here: leave it out';

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({
    type: z.literal('json_object'),
    schema: z
      .record(z.string(), z.unknown())
      .nullish()
      .describe(
        "Not part of OpenAI's API: a JSON Schema that the answer must match, as for llama.cpp's server.",
      ),
  }),
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

/** Maximum answers of one request. Each counts towards the limits. */
export const maxChoices = 8;

/** The number of answers. */
export const choiceCount = z
  .int()
  .min(1)
  .max(maxChoices)
  .nullish()
  .describe('The number of answers; each counts towards the limits.');

export const streamOptions = z
  .object({ include_usage: z.boolean().nullish().describe('Whether a last chunk has the token usage.') })
  .nullish()
  .describe('Has no effect without `stream`.');

export const samplingFields = {
  temperature,
  top_p: topP,
  top_k: topK.describe("Not part of OpenAI's API."),
  min_p: minP.describe("Not part of OpenAI's API."),
  frequency_penalty: frequencyPenalty,
  presence_penalty: presencePenalty,
  seed,
  stop: stopOrStops,
};

export const reasoningEffort = z
  .literal(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])
  .nullish()
  .describe('How much a thinking model thinks before it answers. No effect on other models.');

/** A field that asks for something that isn't supported: only null or nothing is accepted. */
export const absent = z.null({ error: unsupported }).optional().describe(unsupported);

export const chatCompletionRequest = z
  .object({
    model: modelName.describe('`llama3.2` means `llama3.2:latest`.').meta({ examples: ['llama3.2'] }),
    messages,
    stream: z.boolean().nullish().describe('Whether to send `chat.completion.chunk`s as server-sent events.'),
    stream_options: streamOptions,
    response_format: responseFormat.nullish(),
    max_completion_tokens: maxTokens.describe('The maximum tokens of the answer.'),
    max_tokens: maxTokens.describe('The older name of `max_completion_tokens`.'),
    ...samplingFields,
    reasoning_effort: reasoningEffort,
    reasoning: z.object({ effort: reasoningEffort }).nullish().describe('The form of the Responses API.'),
    n: choiceCount,
    logprobs: logprobsField,
    top_logprobs: topLogprobs,
    logit_bias: z
      .record(z.string(), z.number())
      .refine((biases) => Object.keys(biases).length === 0, unsupported)
      .nullish(),
    tools: tools.describe('The tools that the model may call; only for models with tool support.'),
    server_tools: z
      .array(z.string().max(toolLimits.name))
      .max(toolLimits.tools)
      .nullish()
      .describe("The names of tools that this server runs; not beside `tools`. Not part of OpenAI's API."),
    tool_choice: toolChoice,
    parallel_tool_calls: z.boolean().nullish().describe('False: the answer has one tool call at most.'),
    functions,
    function_call: functionCall,
    modalities: z
      .array(z.literal('text', { error: 'can only be "text" here' }))
      .max(10)
      .nullish(),
    audio: absent,
    web_search_options: absent,
  })
  .refine(({ logprobs, top_logprobs }) => logprobs || !top_logprobs, {
    path: ['top_logprobs'],
    error: 'needs logprobs to be true',
  });

export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;

/** Returns the tools of the server that the model may call. Throws `BAD_USER_INPUT` for what has no meaning beside them. */
const serverToolsOf = ({
  server_tools,
  tools: given,
  functions: older,
  tool_choice: choice,
  parallel_tool_calls,
}: ChatCompletionRequest): readonly string[] => {
  if (!server_tools?.length) return [];
  if (given?.length || older?.length) {
    throw badInput('server_tools', 'server_tools and tools exclude each other. Leave one of them out.');
  }
  if (choice === 'none') return [];
  if (choice && choice !== 'auto') {
    throw badInput(
      'tool_choice',
      'With server_tools, tool_choice may be "auto" or "none": the model decides whether it calls them.',
    );
  }
  if (parallel_tool_calls === false) {
    throw badInput(
      'parallel_tool_calls',
      'The server runs the calls of server_tools one after the other, but the model may ask for several at once. Leave parallel_tool_calls out.',
    );
  }
  return server_tools;
};

/** Returns the tools that a request offers, and whether one has to be called. */
export const toolPolicyOfRequest = (request: ChatCompletionRequest): ToolPolicy => {
  if (request.server_tools?.length) {
    serverToolsOf(request);
    return { tools: [], isForced: false };
  }
  const { tools: given, tool_choice, functions: older, function_call: call } = request;
  if (given?.length || !older?.length) {
    return toolPolicyOf(
      (given ?? []).map((tool) => toolOf(tool.function)),
      tool_choice,
    );
  }
  const choice = typeof call === 'object' && call ? ({ type: 'function', function: call } as const) : call;
  return toolPolicyOf(older.map(toolOf), choice, 'function_call');
};

export const usesOlderFunctions = ({ tools: given, functions: older }: ChatCompletionRequest): boolean =>
  !given?.length && Boolean(older?.length);

export const chatCompletionInput = (
  request: ChatCompletionRequest,
  { tools: offered, isForced }: ToolPolicy,
): CompletionInput => {
  const given = engineMessages(request.messages);
  return {
    model: request.model,
    messages: isForced ? withForcedTools(given, offered) : given,
    tools: isForced ? [] : offered,
    serverTools: serverToolsOf(request),
    format: isForced ? forcedFormat(offered) : formatOf(request),
    options: optionsOf(request, request.max_completion_tokens ?? request.max_tokens),
    thinkIfAble: thinkingOf(request.reasoning_effort ?? request.reasoning?.effort),
    logprobs: request.logprobs ? (request.top_logprobs ?? 0) : null,
  };
};

/** Returns the engine's options of a request. */
export const optionsOf = (
  request: z.output<z.ZodObject<typeof samplingFields>>,
  limit: number | null | undefined,
): GenerationOptions => {
  const { temperature, top_p, top_k, min_p, frequency_penalty, presence_penalty, seed, stop } = request;
  return present({
    temperature,
    topP: top_p,
    topK: top_k,
    minP: min_p,
    frequencyPenalty: frequency_penalty,
    presencePenalty: presence_penalty,
    seed: typeof seed === 'number' ? foldSeed(seed) : null,
    maxTokens: clampTokens(limit),
    stop,
  });
};

export const thinkingOf = (effort: z.output<typeof reasoningEffort>): EngineThinking | null => {
  switch (effort) {
    case null:
    case undefined:
      return null;
    case 'none':
      return false;
    case 'minimal':
      return 'low';
    case 'xhigh':
      return 'high';
    default:
      return effort;
  }
};

const formatOf = ({ response_format: format }: ChatCompletionRequest) => {
  if (format?.type === 'json_schema') return format.json_schema.schema;
  return format?.type === 'json_object' ? (format.schema ?? 'json') : null;
};
