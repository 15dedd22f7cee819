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
} from '../requestFields.ts';

/** The requests of Ollama's API (docs/api.md in its repository): what it takes and we can do, the rest refused. */

const notOffered = (what: string) => `can't be set here: ${what}`;
const ownSampling = notOffered('temperature, top_p, top_k, seed, num_predict and stop are what can');

const options = z
  .object({
    temperature,
    top_p: topP,
    top_k: topK,
    seed,
    num_predict: z
      .union([z.literal([-1, -2]), maxTokens], {
        error: `must be a whole number from 1 to ${optionRanges.maxTokens[1]}, or -1 for no limit but the context`,
      })
      .describe('The most tokens the answer may have; -1: as many as the context has room for.'),
    stop: stops.nullish(),
    num_ctx: z.int().nullish().describe('Has no effect: the server sets the context, for all alike.'),
    min_p: only(0, ownSampling),
    typical_p: only(1, ownSampling),
    repeat_penalty: only(1, ownSampling),
    presence_penalty: only(0, ownSampling),
    frequency_penalty: only(0, ownSampling),
    mirostat: only(0, ownSampling),
  })
  .describe('How to sample. What is absent is the model’s default.');

const image = z
  .string()
  .refine(isBase64, 'must be base64, without "data:"')
  .meta({ contentEncoding: 'base64' });

const images = z.array(image).max(16).nullish().describe('Base64; only for models that read images.');

const shared = {
  model: modelName
    .nullish()
    .describe('`llama3.2` means `llama3.2:latest`. None: the default model.')
    .meta({ examples: ['llama3.2'] }),
  stream: z.boolean().default(true).describe('Lines as they come, or one JSON at the end.'),
  format: z
    .union([z.literal(['json', '']), z.record(z.string(), z.unknown())])
    .nullish()
    .describe('`"json"`, or a JSON Schema that the answer must fit.'),
  options: options.nullish(),
  think: z
    .boolean()
    .nullish()
    .describe('A model that thinks always does here; `false` is taken for those that don’t.'),
  keep_alive: z
    .union([z.string().max(64), z.number()])
    .nullish()
    .describe('Has no effect: how long a model stays loaded is the server’s to say.'),
};

export const generateRequest = z.object({
  ...shared,
  prompt: z
    .string()
    .refine((text) => text.trim() !== '', 'is empty: write something for the model to answer')
    .meta({ examples: ['What is 2+2?'] }),
  system: z.string().nullish().describe('What the model is to be.'),
  images,
  raw: only(false, notOffered("the model's own chat template is always applied")),
  template: only('', notOffered("the model's own chat template is always applied")),
  suffix: only('', notOffered('there is no filling in of a middle')),
  context: z
    .array(z.int())
    .max(0, notOffered('use /api/llm/chat and send the messages'))
    .nullish()
    .describe('Of an earlier answer; not offered: use /api/llm/chat.'),
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
    .describe('What the assistant asked for.'),
  tool_name: z.string().max(maxToolNameLength).nullish().describe("Whose result a tool's message is."),
});

export const chatRequest = z.object({
  ...shared,
  tools: tools.describe('What the model may ask for; only for models that can.'),
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
