import { z } from 'zod';
import type { EngineMessage } from '../engine/engine.ts';
import type { CompletionInput } from '../generations/completions.ts';
import {
  isBase64,
  maxTokens,
  only,
  present,
  seed,
  stopOrStops,
  temperature,
  topK,
  topP,
} from './requestFields.ts';

/** The request of OpenAI's chat completions: what it takes and we can do, the rest refused, what is unknown passed over. */

const notOffered = "can't be set here";

const toolsRule = "can't be set: this server asks for no tools yet";

const textPart = z.object({ type: z.literal('text'), text: z.string() });

/** `data:image/png;base64,…`: nothing is fetched from elsewhere. */
const dataUrl = /^data:image\/[a-z0-9.+-]+;base64,/i;

const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z
      .string()
      .refine(
        (url) => dataUrl.test(url.slice(0, 100)) && isBase64(url.replace(dataUrl, '')),
        'must be a data: URL of an image in base64; nothing is fetched from elsewhere',
      ),
    detail: z.string().nullish().describe('Has no effect.'),
  }),
});

type Part = z.output<typeof textPart> | z.output<typeof imagePart>;

const textContent = z.union([z.string(), z.array(textPart)]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: textContent }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))]),
  }),
  z.object({ role: z.literal('assistant'), content: textContent }),
]);

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().nullish(),
      description: z.string().nullish(),
      strict: z.boolean().nullish().describe('The answer always fits the schema.'),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
]);

export const chatCompletionRequest = z
  .object({
    model: z
      .string()
      .min(1)
      .describe('`llama3.2` means `llama3.2:latest`.')
      .meta({ examples: ['llama3.2'] }),
    messages: z
      .array(message)
      .min(1)
      .max(10_000)
      .describe('Oldest first.')
      .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] }),
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
    tools: z.array(z.unknown()).max(0, toolsRule).nullish(),
    functions: z.array(z.unknown()).max(0, toolsRule).nullish(),
    modalities: z.array(z.literal('text', { error: 'can only be "text" here' })).nullish(),
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
    messages: request.messages.map(messageOf),
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

const messageOf = (given: z.output<typeof message>): EngineMessage => {
  const role = given.role === 'developer' ? 'system' : given.role;
  if (typeof given.content === 'string') return { role, content: given.content };
  const parts: readonly Part[] = given.content;
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const images = parts.flatMap((part) =>
    part.type === 'image_url' ? [part.image_url.url.replace(dataUrl, '')] : [],
  );
  return { role, content: texts.join('\n'), ...(images.length > 0 && { images }) };
};
