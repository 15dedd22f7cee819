import { z } from 'zod';
import type { EngineMessage, EngineToolCall } from '../../../engine/engine.ts';
import { isTooDeep } from '../../../graph/nesting.ts';
import { checkJsonShape } from '../../server/jsonShape.ts';
import { isBase64, maxToolCalls, maxToolNameLength } from '../completionFields.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });

/** `data:image/png;base64,…`. Other URLs are rejected, so that the server fetches nothing for a client. */
const dataUrl = /^data:image\/[a-z0-9.+-]+;base64,/i;

const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z
      .string()
      .refine(
        (url) => dataUrl.test(url.slice(0, 100)) && isBase64(url.replace(dataUrl, '')),
        'must be a data: URL with an image in base64; other URLs are not fetched',
      ),
    detail: z.string().nullish().describe('Has no effect.'),
  }),
});

type Part = z.output<typeof textPart> | z.output<typeof imagePart>;

const textContent = z.union([z.string(), z.array(textPart)]);

const toolCall = z.object({
  id: z.string().max(maxToolNameLength),
  type: z.literal('function'),
  function: z.object({
    name: z.string().max(maxToolNameLength),
    arguments: z
      .string()
      .refine((text) => parseObject(text) !== null, 'must be a JSON object')
      .describe('A JSON object as text.'),
  }),
});

type ToolCall = z.output<typeof toolCall>;

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: textContent }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))]),
  }),
  z.object({
    role: z.literal('assistant'),
    content: textContent.nullish(),
    tool_calls: z
      .array(toolCall)
      .max(maxToolCalls)
      .nullish()
      .describe('The tool calls that the assistant requested.'),
  }),
  z.object({
    role: z.literal('tool'),
    content: textContent,
    tool_call_id: z.string().max(maxToolNameLength),
  }),
]);

type Message = z.output<typeof message>;

/** The messages of a chat completion, oldest first. */
export const messages = z
  .array(message)
  .min(1)
  .max(10_000)
  .superRefine((all, context) => {
    const calls = callsById(all);
    const unmatched = all.findIndex((each) => each.role === 'tool' && !calls.has(each.tool_call_id));
    if (unmatched < 0) return;
    const rule = "must be the id of a tool call in an assistant's message";
    context.addIssue({ code: 'custom', path: [unmatched, 'tool_call_id'], message: rule });
  })
  .describe('Oldest first.')
  .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] });

export const engineMessages = (all: readonly Message[]): EngineMessage[] => {
  const calls = callsById(all);
  return all.map((given) => {
    const role = given.role === 'developer' ? 'system' : given.role;
    const parts: readonly Part[] =
      typeof given.content === 'string' ? [{ type: 'text', text: given.content }] : (given.content ?? []);
    const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    const images = parts.flatMap((part) =>
      part.type === 'image_url' ? [part.image_url.url.replace(dataUrl, '')] : [],
    );
    const toolCalls = callsOf(given);
    return {
      role,
      content: texts.join('\n'),
      ...(images.length > 0 && { images }),
      ...(toolCalls.length > 0 && { toolCalls: toolCalls.map(engineCall) }),
      ...(given.role === 'tool' && { toolName: calls.get(given.tool_call_id)?.function.name ?? '' }),
    };
  });
};

const callsOf = (given: Message): readonly ToolCall[] =>
  given.role === 'assistant' ? (given.tool_calls ?? []) : [];

const callsById = (all: readonly Message[]): ReadonlyMap<string, ToolCall> =>
  new Map(all.flatMap(callsOf).map((call) => [call.id, call]));

const engineCall = ({ function: { name, arguments: text } }: ToolCall): EngineToolCall => ({
  name,
  arguments: parseObject(text) ?? {},
});

/** Returns the JSON object in a text; null if it is invalid, too complex or nested too deep. */
const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    checkJsonShape(text);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !isTooDeep(value) ? { ...value } : null;
  } catch {
    return null;
  }
};
