import { z } from 'zod';
import type { EngineModel, EngineTool } from '../../../engine/engine.ts';
import type { Generation, TokenUsage } from '../../../generations/generation.ts';
import type { WholeCompletion } from '../../../generations/request/completion.ts';
import { present } from '../completionFields.ts';
import type { CompletionShape } from '../completions.ts';
import type { ChoiceChunk, Choices } from './openaiChoices.ts';
import { openaiErrorOf } from './openaiErrors.ts';
import { chatLogprobs, chatLogprobsOf } from './openaiLogprobs.ts';
import { forcedCallOf, type WrittenCall, writtenCall } from './openaiTools.ts';

const usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

const finishReason = z.enum(['stop', 'length', 'tool_calls', 'function_call']);

type FinishReason = z.infer<typeof finishReason>;

export const seconds = z.int().describe('Unix time, in seconds.');

export const model = z.string().describe('The model that answers: the requested one or its fallback.');

const reasoning = z
  .string()
  .optional()
  .describe("The reasoning of a model that thinks. Not part of OpenAI's API, but common in others.");

/** Reasoning has two names: that of DeepSeek, and that of Ollama. Clients read one of them. */
const reasoningFields = { reasoning_content: reasoning, reasoning };

const reasoningOf = (thinking: string) =>
  present({ reasoning_content: thinking || null, reasoning: thinking || null });

const calledFunction = z.object({
  name: z.string(),
  arguments: z.string().describe('A JSON object as text.'),
});

const toolCall = z
  .object({ id: z.string(), type: z.literal('function'), function: calledFunction })
  .describe('A tool call that the model requests.');

const olderCall = calledFunction.optional().describe('The tool call of a request with `functions`.');

const serverToolCalls = z
  .array(
    z.object({
      name: z.string(),
      arguments: z.string().describe('A JSON object as text.'),
      result: z.string().nullable().describe('What the model got.'),
      is_error: z.boolean(),
    }),
  )
  .optional()
  .describe("The calls of `server_tools`, which this server ran. Not part of OpenAI's API.");

export const chatCompletion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: seconds,
  model,
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        refusal: z.null(),
        tool_calls: z.array(toolCall).optional(),
        function_call: olderCall,
        server_tool_calls: serverToolCalls,
        ...reasoningFields,
      }),
      logprobs: chatLogprobs,
      finish_reason: finishReason,
    }),
  ),
  usage,
});

export const chatCompletionChunk = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: seconds,
  model,
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({
        role: z.literal('assistant').optional(),
        content: z.string().optional(),
        tool_calls: z.array(toolCall.extend({ index: z.int() })).optional(),
        function_call: olderCall,
        server_tool_calls: serverToolCalls,
        ...reasoningFields,
      }),
      logprobs: chatLogprobs,
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: usage.nullable().optional().describe('With `stream_options.include_usage`, on the last chunk.'),
});

type Chunk = z.infer<typeof chatCompletionChunk>;
type Choice = Chunk['choices'][number];

export const openaiModel = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: seconds,
  owned_by: z.string(),
});

export const openaiModelList = z.object({ object: z.literal('list'), data: z.array(openaiModel) });

export const openaiModelOf = ({ name, modifiedAt }: EngineModel): z.infer<typeof openaiModel> => ({
  id: name,
  object: 'model',
  created: secondsOf(modifiedAt),
  owned_by: 'library',
});

export interface ChatShapeOptions {
  readonly includeUsage: boolean;
  /** The tools of which the model had to call one; null: the answer is text, or calls of its own. */
  readonly forced: readonly EngineTool[] | null;
  /** The maximum tool calls of an answer. */
  readonly maxCalls: number;
  /** Whether the request has `functions` instead of `tools`. */
  readonly isOlder: boolean;
}

/** OpenAI's stream: server-sent events (HTML Standard, 9.2), each with a chunk. */
export const openaiShape = (choices: Choices, options: ChatShapeOptions): CompletionShape => {
  const { includeUsage, forced } = options;
  const { id, model, createdAt } = choices.generation;
  const head = { id: `chatcmpl-${id}`, created: secondsOf(createdAt), model };
  const chunk = (rest: Pick<Chunk, 'choices' | 'usage'>) =>
    eventOf({ ...head, object: 'chat.completion.chunk', ...rest } satisfies Chunk);
  const choice = (
    index: number,
    delta: Choice['delta'],
    finish: Choice['finish_reason'] = null,
    logprobs: Choice['logprobs'] = null,
  ) =>
    chunk({
      choices: [{ index, delta, logprobs, finish_reason: finish }],
      ...(includeUsage && { usage: null }),
    });

  return {
    contentType: eventStream,
    whole: () =>
      ({
        ...head,
        object: 'chat.completion',
        choices: choices.answers.map((answer, index) => {
          const { text, calls, finish } = resultOf(answer, options);
          return {
            index,
            message: {
              role: 'assistant',
              content: calls.length > 0 && text === '' ? null : text,
              refusal: null,
              ...reasoningOf(answer.thinking),
              ...callFields(answer.generation, calls, options),
              ...serverCallFields(answer.generation),
            },
            logprobs: chatLogprobsOf(answer.generation.logprobs),
            finish_reason: finish,
          };
        }),
        usage: usageOfAll(choices.answers),
      }) satisfies z.infer<typeof chatCompletion>,
    first: () =>
      Array.from({ length: choices.count }, (_, index) =>
        choice(index, { role: 'assistant', content: '' }),
      ).join(''),
    chunk: ({ text, thinking, choice: index = 0 }: ChoiceChunk) => {
      const delta = { ...present({ content: (forced ? '' : text) || null }), ...reasoningOf(thinking) };
      return Object.keys(delta).length > 0 ? choice(index, delta) : '';
    },
    last: () => {
      const ends = choices.answers.map((answer, index) => {
        const { calls, finish } = resultOf(answer, options);
        const fields = streamedCallFields(answer.generation, calls, options);
        const called = calls.length > 0 ? choice(index, fields) : '';
        const logprobs = chatLogprobsOf(answer.generation.logprobs);
        const likely = logprobs ? choice(index, { content: '' }, null, logprobs) : '';
        const ofServer = serverCallFields(answer.generation);
        const ran = ofServer.server_tool_calls ? choice(index, ofServer) : '';
        return called + ran + likely + choice(index, {}, finish);
      });
      const counts = includeUsage ? chunk({ choices: [], usage: usageOfAll(choices.answers) }) : '';
      return `${ends.join('')}${counts}data: [DONE]\n\n`;
    },
    failure: (failure) => eventOf(openaiErrorOf(failure)),
  };
};

export const eventStream = 'text/event-stream; charset=utf-8';

export const eventOf = (document: object): string => `data: ${JSON.stringify(document)}\n\n`;

/** Returns the text, the tool calls and the end of an answer. */
const resultOf = (
  { text, generation }: WholeCompletion,
  { forced, maxCalls, isOlder }: ChatShapeOptions,
): { readonly text: string; readonly calls: readonly WrittenCall[]; readonly finish: FinishReason } => {
  const calls = forced
    ? [forcedCallOf(forced, text)]
    : (generation.toolCalls ?? []).slice(0, maxCalls).map(writtenCall);
  const isCut = generation.finishReason === 'LENGTH';
  const called = isOlder ? 'function_call' : 'tool_calls';
  return {
    text: forced ? '' : text,
    calls,
    finish: isCut ? 'length' : calls.length > 0 ? called : 'stop',
  };
};

const toolCallOf = ({ id }: Generation, call: WrittenCall, index: number): z.infer<typeof toolCall> => ({
  id: `call_${id}_${index}`,
  type: 'function',
  function: { name: call.name, arguments: call.arguments },
});

const callFields = (generation: Generation, calls: readonly WrittenCall[], { isOlder }: ChatShapeOptions) => {
  const [first] = calls;
  if (!first) return {};
  if (isOlder) return { function_call: first };
  return { tool_calls: calls.map((call, index) => toolCallOf(generation, call, index)) };
};

const serverCallFields = ({
  toolUse,
}: Generation): { readonly server_tool_calls?: z.infer<typeof serverToolCalls> } =>
  toolUse?.calls.length
    ? {
        server_tool_calls: toolUse.calls.map(({ name, arguments: given, result, state }) => ({
          name,
          arguments: JSON.stringify(given),
          result,
          is_error: state !== 'SUCCEEDED',
        })),
      }
    : {};

const streamedCallFields = (
  generation: Generation,
  calls: readonly WrittenCall[],
  options: ChatShapeOptions,
): Choice['delta'] => {
  const { tool_calls, ...older } = callFields(generation, calls, options) as {
    tool_calls?: z.infer<typeof toolCall>[];
    function_call?: WrittenCall;
  };
  return tool_calls ? { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) } : older;
};

/**
 * Returns the usage of all answers. Their prompt is the same, and counts once, as in OpenAI's API, unless they call tools of the
 * server: then each answer has further prompts of its own.
 */
export const usageOfAll = (answers: readonly WholeCompletion[], prompts = 1): z.infer<typeof usage> => {
  const perPrompt = answers.length / prompts;
  const counts = answers.map(({ generation }) => generation.usage);
  const haveOwnPrompts = answers.some(({ generation }) => generation.toolUse !== undefined);
  const prompt = counts.filter((_, index) => haveOwnPrompts || index % perPrompt === 0);
  const promptTokens = sum(prompt, 'promptTokens');
  const completionTokens = sum(counts, 'completionTokens');
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
};

export const openaiUsage = usage;

const sum = (counts: readonly (TokenUsage | null)[], kind: 'promptTokens' | 'completionTokens'): number =>
  counts.reduce((total, each) => total + (each?.[kind] ?? 0), 0);

export const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);
