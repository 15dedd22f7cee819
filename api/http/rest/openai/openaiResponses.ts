import { z } from 'zod';
import type { EngineModel } from '../../../engine/engine.ts';
import type { Generation, TokenUsage } from '../../../generations/generation.ts';
import { present } from '../completionFields.ts';
import type { CompletionShape } from '../completions.ts';
import { openaiErrorOf } from './openaiErrors.ts';

const usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

const finishReason = z.enum(['stop', 'length', 'tool_calls']);

const seconds = z.int().describe('Unix time, in seconds.');

const model = z.string().describe('The model that answers: the requested one or its fallback.');

const reasoning = z
  .string()
  .optional()
  .describe("The reasoning of a model that thinks. Not part of OpenAI's API, but common in others.");

const toolCall = z
  .object({
    id: z.string(),
    type: z.literal('function'),
    function: z.object({ name: z.string(), arguments: z.string().describe('A JSON object as text.') }),
  })
  .describe('A tool call that the model requests.');

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
        reasoning_content: reasoning,
      }),
      logprobs: z.null(),
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
        reasoning_content: reasoning,
      }),
      logprobs: z.null(),
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

/** OpenAI's stream: server-sent events (HTML Standard, 9.2), each with a chunk. */
export const openaiShape = (
  { id, model, createdAt }: Generation,
  { includeUsage }: { readonly includeUsage: boolean },
): CompletionShape => {
  const head = { id: `chatcmpl-${id}`, created: secondsOf(createdAt), model };
  const event = (document: object) => `data: ${JSON.stringify(document)}\n\n`;
  const chunk = (rest: Pick<Chunk, 'choices' | 'usage'>) =>
    event({ ...head, object: 'chat.completion.chunk', ...rest } satisfies Chunk);
  const choice = (delta: Choice['delta'], finish: Choice['finish_reason'] = null) =>
    chunk({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage && { usage: null }),
    });

  return {
    contentType: 'text/event-stream; charset=utf-8',
    whole: ({ text, thinking, generation }) =>
      ({
        ...head,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: generation.toolCalls && text === '' ? null : text,
              refusal: null,
              ...present({ reasoning_content: thinking || null, tool_calls: toolCallsOf(generation) }),
            },
            logprobs: null,
            finish_reason: finishOf(generation),
          },
        ],
        usage: usageOf(generation.usage),
      }) satisfies z.infer<typeof chatCompletion>,
    first: () => choice({ role: 'assistant', content: '' }),
    chunk: ({ text, thinking }) =>
      choice(present({ content: text || null, reasoning_content: thinking || null })),
    last: (generation) =>
      (generation.toolCalls ? choice({ tool_calls: indexed(toolCallsOf(generation)) }) : '') +
      choice({}, finishOf(generation)) +
      (includeUsage ? chunk({ choices: [], usage: usageOf(generation.usage) }) : '') +
      'data: [DONE]\n\n',
    failure: (failure) => event(openaiErrorOf(failure)),
  };
};

const finishOf = ({ finishReason: reason }: Generation): z.infer<typeof finishReason> =>
  reason === 'LENGTH' ? 'length' : reason === 'TOOL_CALLS' ? 'tool_calls' : 'stop';

const toolCallsOf = ({ id, toolCalls }: Generation): z.infer<typeof toolCall>[] | null =>
  toolCalls?.map(({ name, arguments: given }, index) => ({
    id: `call_${id}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(given) },
  })) ?? null;

const indexed = (calls: z.infer<typeof toolCall>[] | null) =>
  calls?.map((call, index) => ({ index, ...call })) ?? [];

const usageOf = (tokens: TokenUsage | null): z.infer<typeof usage> => {
  const { promptTokens = 0, completionTokens = 0 } = tokens ?? {};
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
};

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);
