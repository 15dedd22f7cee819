import { z } from 'zod';
import type { GenerationOptions } from '../../../conversations/conversation.ts';
import type { EngineMessage, PlainPrompt } from '../../../engine/engine.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import {
  base64,
  clampTokens,
  foldSeed,
  frequencyPenalty,
  logprobsField,
  maxToolCalls,
  maxToolNameLength,
  minP,
  modelName,
  only,
  presencePenalty,
  present,
  repeatLastN,
  repeatPenalty,
  seed,
  stops,
  temperature,
  toolOf,
  tools,
  topK,
  topLogprobs,
  topP,
} from '../completionFields.ts';

// The requests of Ollama's API (docs/api.md in its repository). Unknown fields are ignored; known ones that would change
// the answer and aren't supported here are rejected.

const unsupported = (hint: string) => `is not supported here: ${hint}`;
const unsupportedSampling = unsupported('use temperature, top_p, top_k or min_p');

const options = z
  .object({
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    repeat_penalty: repeatPenalty,
    repeat_last_n: repeatLastN,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    seed: seed.describe('Equal requests with an equal seed get equal answers; -1: a random seed.'),
    num_predict: z
      .number()
      .refine(Number.isInteger, 'must be a whole number')
      .nullish()
      .describe('The maximum tokens of the answer; 0 or less: as many as fit the context.'),
    stop: stops.nullish(),
    num_ctx: z
      .int()
      .min(0, 'must be a whole number of tokens from 0')
      .nullish()
      .describe("The context in tokens; 0: the server's own, and more than `CONTEXT_LIMIT` is ignored."),
    typical_p: only(1, unsupportedSampling),
    mirostat: only(0, unsupportedSampling),
  })
  .describe('Sampling options. Absent ones have the model’s defaults.');

/** Maximum characters of a template. */
const maxTemplate = 100_000;

const images = z
  .array(base64('must be base64, without "data:"'))
  .max(16)
  .nullish()
  .describe('In base64; only for models that read images.');

/** The fields of both requests. `stream` is missing: its default depends on the path. */
const shared = {
  model: modelName
    .nullish()
    .describe('`llama3.2` means `llama3.2:latest`. Absent: the default model.')
    .meta({ examples: ['llama3.2'] }),
  format: z
    .union([z.literal(['json', '']), z.record(z.string(), z.unknown())])
    .nullish()
    .describe('`"json"`, or a JSON Schema that the answer must match.'),
  options: options.nullish(),
  think: z
    .union([z.boolean(), z.literal(['low', 'medium', 'high', ''])])
    .nullish()
    .describe('Whether, or how much, a thinking model thinks before it answers.'),
  keep_alive: z
    .union([z.string().max(64), z.number()])
    .nullish()
    .describe('Has no effect: the server decides how long a model stays loaded.'),
  logprobs: logprobsField,
  top_logprobs: topLogprobs,
};

export const streamField = (byDefault: boolean) =>
  z
    .boolean()
    .nullish()
    .describe('A stream of JSON lines, or else one JSON document at the end.')
    .meta({ default: byDefault })
    .transform((stream) => stream ?? byDefault);

export const generateFields = {
  ...shared,
  prompt: z
    .string()
    .nullish()
    .describe('Empty: the model is loaded, and the answer is empty.')
    .meta({ examples: ['What is 2+2?'] })
    .transform((prompt) => prompt ?? ''),
  system: z.string().nullish().describe('The system prompt.'),
  images,
  raw: z
    .boolean()
    .nullish()
    .describe('Whether the model gets the prompt without a template; only where Ollama is the engine.'),
  template: z
    .string()
    .max(maxTemplate)
    .nullish()
    .describe("A template in place of the model's; only where Ollama is the engine."),
  suffix: z
    .string()
    .nullish()
    .describe('The text after a gap that the model fills; only for models with the capability `insert`.'),
  context: z
    .array(z.number())
    .max(262_144)
    .nullish()
    .describe('Has no effect: use a chat and send its messages.'),
};

export const chatMessage = z.object({
  role: z
    .enum(['system', 'developer', 'user', 'assistant', 'tool'])
    .transform((role) => (role === 'developer' ? 'system' : role)),
  content: z
    .string()
    .nullish()
    .transform((content) => content ?? ''),
  images,
  thinking: z.string().nullish().describe('Has no effect.'),
  tool_calls: z
    .array(
      z.object({
        function: z.object({
          name: z.string().max(maxToolNameLength),
          arguments: z
            .record(z.string(), z.unknown())
            .nullish()
            .transform((given) => given ?? {}),
        }),
      }),
    )
    .max(maxToolCalls)
    .nullish()
    .describe('The tool calls that the assistant requested.'),
  tool_name: z
    .string()
    .max(maxToolNameLength)
    .nullish()
    .describe('The tool whose result this message is, with role `tool`.'),
});

export const chatFields = {
  ...shared,
  tools: tools.describe('The tools that the model may call; only for models with tool support.'),
  messages: z
    .array(chatMessage)
    .max(10_000)
    .nullish()
    .describe('Oldest first. Empty: the model is loaded, and the answer is empty.')
    .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] })
    .transform((messages) => messages ?? []),
};

/** The requests at Ollama's own paths. */
export const generateRequest = z.object({ ...generateFields, stream: streamField(true) });
export const chatRequest = z.object({ ...chatFields, stream: streamField(true) });

export type GenerateRequest = z.output<typeof generateRequest>;
export type ChatRequest = z.output<typeof chatRequest>;

/** Whether a request only asks for its model to be loaded, or with `keep_alive: 0` to be unloaded. */
export const isLoadRequest = (request: GenerateRequest | ChatRequest): boolean =>
  'messages' in request ? request.messages.length === 0 : request.prompt === '' && !request.images?.length;

/** The smallest generation, which loads its model. */
export const loadInput = ({ model }: GenerateRequest | ChatRequest): CompletionInput => ({
  model: model ?? null,
  format: null,
  messages: [{ role: 'user', content: ' ' }],
  options: { maxTokens: 1 },
});

export const generateInput = (request: GenerateRequest): CompletionInput => ({
  ...sharedInput(request),
  plain: plainOf(request),
  messages: [
    ...(request.system ? [{ role: 'system', content: request.system } as const] : []),
    { role: 'user', content: request.prompt, ...present({ images: request.images }) },
  ],
});

export const chatInput = (request: ChatRequest): CompletionInput => ({
  ...sharedInput(request),
  messages: request.messages.map(
    ({ role, content, images, tool_calls, tool_name }): EngineMessage => ({
      role,
      content,
      ...present({ images, toolCalls: tool_calls?.map((call) => call.function), toolName: tool_name }),
    }),
  ),
  tools: (request.tools ?? []).map((tool) => toolOf(tool.function)),
});

/** Null if the model answers the prompt as usual. */
const plainOf = ({ raw, template, suffix }: GenerateRequest): PlainPrompt | null => {
  const plain = present({ raw: raw || null, template: template || null, suffix: suffix || null });
  return Object.keys(plain).length > 0 ? plain : null;
};

const sharedInput = ({
  model,
  format,
  options: asked,
  think,
  logprobs,
  top_logprobs,
}: GenerateRequest | ChatRequest) => ({
  model: model ?? null,
  format: format === '' ? null : (format ?? null),
  options: optionsOf(asked ?? {}),
  think: think === '' ? null : (think ?? null),
  logprobs: logprobs ? (top_logprobs ?? 0) : null,
});

const optionsOf = (asked: z.output<typeof options>): GenerationOptions => {
  const { temperature, top_p, top_k, min_p, repeat_penalty, repeat_last_n } = asked;
  const { frequency_penalty, presence_penalty, seed, num_predict, num_ctx, stop } = asked;
  return present({
    temperature,
    topP: top_p,
    topK: top_k,
    minP: min_p,
    repeatPenalty: repeat_penalty,
    repeatLastN: repeat_last_n,
    frequencyPenalty: frequency_penalty,
    presencePenalty: presence_penalty,
    seed: seed === null || seed === undefined || seed === -1 ? null : foldSeed(seed),
    maxTokens: clampTokens(num_predict),
    stop,
    contextLength: num_ctx || null,
  });
};
