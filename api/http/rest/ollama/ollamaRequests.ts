import { z } from 'zod';
import type { GenerationOptions } from '../../../conversations/conversation.ts';
import { optionRanges } from '../../../conversations/options.ts';
import type { EngineMessage } from '../../../engine/engine.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import {
  isBase64,
  maxTokens,
  maxToolCalls,
  maxToolNameLength,
  modelName,
  only,
  present,
  seed,
  stops,
  temperature,
  toolOf,
  tools,
  topK,
  topP,
} from '../completionFields.ts';

// The requests of Ollama's API (docs/api.md in its repository). Known fields that aren't supported here are rejected.

const unsupported = (hint: string) => `is not supported here: ${hint}`;
const unsupportedSampling = unsupported('use temperature, top_p, top_k, seed, num_predict or stop');

const options = z
  .object({
    temperature,
    top_p: topP,
    top_k: topK,
    seed,
    num_predict: z
      .union([z.literal([-1, -2]), maxTokens], {
        error: `must be a whole number from 1 to ${optionRanges.maxTokens[1]}, or -1 for as many as fit the context`,
      })
      .describe('The maximum tokens of the answer; -1: as many as fit the context.'),
    stop: stops.nullish(),
    num_ctx: z.int().nullish().describe('Has no effect: the server sets the context length.'),
    min_p: only(0, unsupportedSampling),
    typical_p: only(1, unsupportedSampling),
    repeat_penalty: only(1, unsupportedSampling),
    presence_penalty: only(0, unsupportedSampling),
    frequency_penalty: only(0, unsupportedSampling),
    mirostat: only(0, unsupportedSampling),
  })
  .describe('Sampling options. Absent ones have the model’s defaults.');

const image = z
  .string()
  .refine(isBase64, 'must be base64, without "data:"')
  .meta({ contentEncoding: 'base64' });

const images = z.array(image).max(16).nullish().describe('In base64; only for models that read images.');

const shared = {
  model: modelName
    .nullish()
    .describe('`llama3.2` means `llama3.2:latest`. Absent: the default model.')
    .meta({ examples: ['llama3.2'] }),
  stream: z.boolean().default(true).describe('A stream of JSON lines, or else one JSON document at the end.'),
  format: z
    .union([z.literal(['json', '']), z.record(z.string(), z.unknown())])
    .nullish()
    .describe('`"json"`, or a JSON Schema that the answer must match.'),
  options: options.nullish(),
  think: z
    .boolean()
    .nullish()
    .describe('Models that can think always do: `true` is valid only for them, `false` only for the others.'),
  keep_alive: z
    .union([z.string().max(64), z.number()])
    .nullish()
    .describe('Has no effect: the server decides how long a model stays loaded.'),
};

export const generateRequest = z.object({
  ...shared,
  prompt: z
    .string()
    .refine((text) => text.trim() !== '', 'is empty: write a prompt')
    .meta({ examples: ['What is 2+2?'] }),
  system: z.string().nullish().describe('The system prompt.'),
  images,
  raw: only(false, unsupported("the model's chat template is always applied")),
  template: only('', unsupported("the model's chat template is always applied")),
  suffix: only('', unsupported('models only continue a text, and fill no gaps')),
  context: z
    .array(z.int())
    .max(0, unsupported('use /api/llm/chat and send the messages'))
    .nullish()
    .describe('Not supported: use /api/llm/chat and send the messages.'),
});

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  images,
  thinking: z.string().nullish().describe('Has no effect.'),
  tool_calls: z
    .array(
      z.object({
        function: z.object({
          name: z.string().max(maxToolNameLength),
          arguments: z.record(z.string(), z.unknown()),
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

export const chatRequest = z.object({
  ...shared,
  tools: tools.describe('The tools that the model may call; only for models with tool support.'),
  messages: z
    .array(message)
    .min(1)
    .max(10_000)
    .describe('Oldest first.')
    .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] }),
});

export type GenerateRequest = z.output<typeof generateRequest>;
export type ChatRequest = z.output<typeof chatRequest>;

export const generateInput = (request: GenerateRequest): CompletionInput => ({
  ...sharedInput(request),
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
  tools: (request.tools ?? []).map(toolOf),
});

const sharedInput = ({ model, format, options: asked }: GenerateRequest | ChatRequest) => ({
  model: model ?? null,
  format: format === '' ? null : (format ?? null),
  options: optionsOf(asked ?? {}),
});

const optionsOf = (asked: z.output<typeof options>): GenerationOptions => {
  const { temperature, top_p, top_k, seed, num_predict, stop } = asked;
  const limit = num_predict && num_predict > 0 ? num_predict : null;
  return present({ temperature, topP: top_p, topK: top_k, seed, maxTokens: limit, stop });
};
