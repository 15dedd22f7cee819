import { z } from 'zod';
import type { LikelyToken, TokenLogprob } from '../../../engine/engine.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionChunk } from '../../../generations/request/completion.ts';
import { present } from '../completionFields.ts';
import type { CompletionShape } from '../completions.ts';

/** Nanoseconds in a millisecond: Ollama's durations are in nanoseconds. */
const nanoseconds = 1_000_000;

const duration = z.int().describe('In nanoseconds.');

const likelyToken = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()).optional() });

/** The fields of a stream's last line, or of the one JSON document. */
const ending = {
  done_reason: z
    .enum(['stop', 'length', 'load'])
    .optional()
    .describe('Only with `done: true`, as all fields below.'),
  total_duration: duration.optional(),
  load_duration: duration.optional(),
  prompt_eval_count: z.int().optional().describe('The number of prompt tokens.'),
  prompt_eval_duration: duration.optional(),
  eval_count: z.int().optional().describe('The number of completion tokens.'),
  eval_duration: duration.optional(),
  logprobs: z
    .array(likelyToken.extend({ top_logprobs: z.array(likelyToken).optional() }))
    .optional()
    .describe('Of all tokens of the answer; in a stream only on its last line.'),
};

const beginning = {
  model: z.string().describe('The model that answers: the requested one or its fallback.'),
  created_at: z.iso.datetime(),
};

export const generateResponse = z.object({
  ...beginning,
  response: z.string(),
  thinking: z.string().optional(),
  done: z.boolean(),
  ...ending,
});

export const chatResponse = z.object({
  ...beginning,
  message: z.object({
    role: z.literal('assistant'),
    content: z.string(),
    thinking: z.string().optional(),
    tool_calls: z
      .array(
        z.object({ function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }) }),
      )
      .optional()
      .describe('The tool calls that the model requests.'),
  }),
  done: z.boolean(),
  ...ending,
});

/** The last line of a stream that fails. */
export const errorLine = z.object({ error: z.string() });

/** The answer to a request without a prompt: the model is loaded. */
export const loadShape = ({ model }: Generation, clock: () => Date, content: object): CompletionShape => {
  const loaded = () => ({
    model,
    created_at: clock().toISOString(),
    ...content,
    done: true,
    done_reason: 'load',
  });
  return {
    contentType: streamType,
    whole: loaded,
    first: () => '',
    chunk: () => '',
    last: () => lineOf(loaded()),
    failure: ({ message }) => lineOf({ error: message } satisfies z.infer<typeof errorLine>),
  };
};

/** What `loadShape` contains instead of an answer. */
export const emptyResponse = { response: '' };
export const emptyMessage = { message: { role: 'assistant', content: '' } };

const streamType = 'application/x-ndjson';

export const lineOf = (document: object): string => `${JSON.stringify(document)}\n`;

type Line = z.infer<typeof generateResponse> | z.infer<typeof chatResponse>;

type Output = CompletionChunk & Partial<Pick<Generation, 'toolCalls'>>;

/** Ollama's stream: a JSON document per line. `content` maps the model's output to the fields of the route. */
const shapeOf = (
  { model }: Generation,
  clock: () => Date,
  content: (output: Output) => object,
): CompletionShape => {
  const line = (output: Output, end: object) =>
    ({ model, created_at: clock().toISOString(), ...content(output), ...end }) as Line;
  return {
    contentType: streamType,
    whole: ({ text, thinking, generation }) =>
      line({ text, thinking, toolCalls: generation.toolCalls }, endOf(generation)),
    first: () => '',
    chunk: (chunk) => lineOf(line(chunk, { done: false })),
    last: (generation) => {
      const { toolCalls } = generation;
      const callsLine = toolCalls ? lineOf(line({ ...nothing, toolCalls }, { done: false })) : '';
      return callsLine + lineOf(line(nothing, endOf(generation)));
    },
    failure: ({ message }) => lineOf({ error: message } satisfies z.infer<typeof errorLine>),
  };
};

const nothing: CompletionChunk = { text: '', thinking: '' };

export const generateShape = (generation: Generation, clock: () => Date): CompletionShape =>
  shapeOf(generation, clock, ({ text, thinking }) => ({
    response: text,
    ...present({ thinking: thinking || null }),
  }));

export const chatShape = (generation: Generation, clock: () => Date): CompletionShape =>
  shapeOf(generation, clock, ({ text, thinking, toolCalls }) => ({
    message: {
      role: 'assistant',
      content: text,
      ...present({
        thinking: thinking || null,
        tool_calls: toolCalls?.map((call) => ({ function: call })),
      }),
    },
  }));

const likely = ({ token, logprob, bytes }: LikelyToken) => ({
  token,
  logprob,
  ...(bytes && { bytes: [...bytes] }),
});

const logprobOf = ({ top, ...token }: TokenLogprob) => ({
  ...likely(token),
  ...(top.length > 0 && { top_logprobs: top.map(likely) }),
});

const endOf = ({ finishReason, usage, logprobs }: Generation) => ({
  done: true,
  done_reason: finishReason === 'LENGTH' ? 'length' : 'stop',
  total_duration: inNanoseconds(usage?.durationMs),
  load_duration: inNanoseconds(usage?.loadMs),
  prompt_eval_count: usage?.promptTokens ?? 0,
  prompt_eval_duration: inNanoseconds(usage?.promptMs),
  eval_count: usage?.completionTokens ?? 0,
  eval_duration: inNanoseconds(
    usage?.tokensPerSecond ? (usage.completionTokens * 1000) / usage.tokensPerSecond : 0,
  ),
  ...(logprobs && { logprobs: logprobs.map(logprobOf) }),
});

const inNanoseconds = (ms = 0): number => Math.round(ms * nanoseconds);
