import { z } from 'zod';
import type { EngineMessage, EngineToolCall } from '../../../engine/engine.ts';
import { isTooDeep } from '../../../graph/nesting.ts';
import { checkJsonShape } from '../../../process/jsonShape.ts';
import { isBase64, maxToolCalls, maxToolNameLength } from '../completionFields.ts';
import { type createFileReader, filePart } from './fileParts.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });

/** `data:image/png;base64,…`. Other URLs are rejected, so that the server fetches nothing for a client. */
const dataUrl = /^data:image\/[a-z0-9.+-]+;base64,/i;

/** The URL of an image that is part of the request. Becomes the image in base64. */
export const imageUrl = z
  .string()
  .transform((url) => (dataUrl.test(url.slice(0, 100)) ? url.replace(dataUrl, '').replace(/\s+/g, '') : ''))
  .refine(isBase64, 'must be a data: URL with an image in base64; other URLs are not fetched');

const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.union([
    imageUrl.transform((url) => ({ url })),
    z.object({ url: imageUrl, detail: z.string().nullish().describe('Has no effect.') }),
  ]),
});

type Part =
  | z.output<typeof textPart>
  | z.output<typeof refusalPart>
  | z.output<typeof imagePart>
  | z.output<typeof filePart>;

const textContent = z.union([z.string(), z.array(textPart)]).nullish();

const argumentsText = z
  .string()
  .nullish()
  .transform((text) => (text?.trim() ? text : '{}'))
  .refine((text) => parseObject(text) !== null, 'must be a JSON object')
  .describe('A JSON object as text. Empty: no arguments.');

const calledFunction = z.object({ name: z.string().max(maxToolNameLength), arguments: argumentsText });

const toolCall = z.object({
  id: z.string().max(maxToolNameLength),
  type: z.literal('function').default('function'),
  function: calledFunction,
});

type ToolCall = z.output<typeof toolCall>;

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: textContent }),
  z.object({
    role: z.literal('user'),
    content: z
      .union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart, filePart]))])
      .nullish(),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))]).nullish(),
    tool_calls: z
      .array(toolCall)
      .max(maxToolCalls)
      .nullish()
      .describe('The tool calls that the assistant requested.'),
    function_call: calledFunction.nullish().describe('The older form of `tool_calls`.'),
  }),
  z.object({
    role: z.literal('tool'),
    content: textContent,
    tool_call_id: z
      .string()
      .max(maxToolNameLength)
      .nullish()
      .describe(
        'The tool call that it answers; its message may be missing, since programs shorten histories.',
      ),
  }),
  z.object({
    role: z.literal('function'),
    content: textContent,
    name: z.string().max(maxToolNameLength),
  }),
]);

type Message = z.output<typeof message>;

/** The messages of a chat completion, oldest first. */
export const messages = z
  .array(message)
  .min(1)
  .max(10_000)
  .describe('Oldest first. If the last is an assistant’s, the answer continues it.')
  .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] });

/** Replaces the files of messages by their text, or by an image. */
export const withFilesRead = async (
  all: readonly Message[],
  readFile: ReturnType<typeof createFileReader>,
): Promise<Message[]> => {
  const read: Message[] = [];
  for (const given of all) {
    if (given.role !== 'user' || !Array.isArray(given.content)) {
      read.push(given);
      continue;
    }
    const content: typeof given.content = [];
    for (const part of given.content) {
      if (part.type !== 'file') content.push(part);
      else {
        const file = await readFile(part.file);
        content.push(
          'text' in file
            ? { type: 'text', text: file.text }
            : { type: 'image_url', image_url: { url: file.image } },
        );
      }
    }
    read.push({ ...given, content });
  }
  return read;
};

export const engineMessages = (all: readonly Message[]): EngineMessage[] => {
  const calls = callsById(all);
  return all.map((given) => {
    const parts: readonly Part[] =
      typeof given.content === 'string' ? [{ type: 'text', text: given.content }] : (given.content ?? []);
    const texts = parts.flatMap((part) =>
      part.type === 'text' ? [part.text] : part.type === 'refusal' ? [part.refusal] : [],
    );
    const images = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
    const toolCalls = callsOf(given);
    return {
      role: engineRoles[given.role],
      content: texts.join('\n'),
      ...(images.length > 0 && { images }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(given.role === 'tool' && { toolName: calls.get(given.tool_call_id ?? '')?.function.name ?? '' }),
      ...(given.role === 'function' && { toolName: given.name }),
    };
  });
};

const engineRoles = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
} as const satisfies Record<Message['role'], EngineMessage['role']>;

const callsOf = (given: Message): readonly EngineToolCall[] => {
  if (given.role !== 'assistant') return [];
  const called = (given.tool_calls ?? []).map((call) => call.function);
  return [...called, ...(given.function_call ? [given.function_call] : [])].map(engineCall);
};

const callsById = (all: readonly Message[]): ReadonlyMap<string, ToolCall> =>
  new Map(
    all
      .flatMap((given) => (given.role === 'assistant' ? (given.tool_calls ?? []) : []))
      .map((call) => [call.id, call]),
  );

const engineCall = ({ name, arguments: text }: z.output<typeof calledFunction>): EngineToolCall => ({
  name,
  arguments: parseObject(text) ?? {},
});

/** Returns the JSON object in a text; null if it is invalid, too complex or nested too deep. */
export const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    checkJsonShape(text);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !isTooDeep(value) ? { ...value } : null;
  } catch {
    return null;
  }
};
