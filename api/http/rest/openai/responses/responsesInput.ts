import { z } from 'zod';
import type { EngineMessage } from '../../../../engine/engine.ts';
import { maxToolNameLength } from '../../completionFields.ts';
import { imageUrl, parseObject } from '../openaiMessages.ts';

// The input of OpenAI's Responses API: a text, or messages, tool calls and their results.

const textPart = z.object({ type: z.literal(['input_text', 'output_text', 'text']), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({ type: z.literal('input_image'), image_url: imageUrl });

const part = z.discriminatedUnion('type', [textPart, refusalPart, imagePart]);

const content = z.union([z.string(), z.array(part)]);

type Content = z.output<typeof content>;

const message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content,
});

const callId = z.string().max(maxToolNameLength);

const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: callId,
  name: z.string().max(maxToolNameLength),
  arguments: z
    .string()
    .transform((text) => (text.trim() === '' ? '{}' : text))
    .refine((text) => parseObject(text) !== null, 'must be a JSON object'),
});

const functionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: callId,
  output: content,
});

/** The model's own reasoning, which clients send back. */
const reasoning = z.object({ type: z.literal('reasoning') });

/** An item of an earlier response that is stored. */
const reference = z.object({ type: z.literal('item_reference'), id: z.string().max(maxToolNameLength) });

const item = z.union([
  z.discriminatedUnion('type', [functionCall, functionCallOutput, reasoning, reference]),
  message,
]);

export type Item = z.output<typeof item>;
export type Reference = z.output<typeof reference>;

export const responsesInput = z
  .union([z.string(), z.array(item).min(1).max(10_000)])
  .describe('A text, or messages, tool calls and their results, oldest first.')
  .meta({ examples: ['What is 2+2?'] });

/**
 * Returns the messages for the engine. Calls that follow each other are of one message. `earlierCalls` has the names of
 * the tools of earlier calls, by call id.
 */
export const inputMessages = (
  input: string | readonly Item[],
  earlierCalls: ReadonlyMap<string, string> = new Map(),
): readonly EngineMessage[] => {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const calls = input.flatMap((each) => (isCall(each) ? [[each.call_id, each.name] as const] : []));
  const names = new Map([...earlierCalls, ...calls]);
  const messages: EngineMessage[] = [];
  for (const each of input) {
    if (isCall(each)) {
      const call = { name: each.name, arguments: parseObject(each.arguments) ?? {} };
      const last = messages.at(-1);
      const toolCalls = [...(last?.role === 'assistant' ? (last.toolCalls ?? []) : []), call];
      if (last?.role === 'assistant') messages[messages.length - 1] = { ...last, toolCalls };
      else messages.push({ role: 'assistant', content: '', toolCalls });
    } else if ('role' in each) {
      messages.push({
        role: each.role === 'developer' ? 'system' : each.role,
        content: textOf(each.content),
        ...imagesOf(each.content),
      });
    } else if (each.type === 'function_call_output') {
      const toolName = names.get(each.call_id) ?? '';
      messages.push({ role: 'tool', content: textOf(each.output), toolName });
    }
  }
  return messages;
};

const isCall = (given: Item): given is z.output<typeof functionCall> =>
  'type' in given && given.type === 'function_call';

const textOf = (given: Content): string =>
  typeof given === 'string'
    ? given
    : given
        .flatMap((each) => ('text' in each ? [each.text] : 'refusal' in each ? [each.refusal] : []))
        .join('\n');

const imagesOf = (given: Content): { readonly images?: readonly string[] } => {
  const images =
    typeof given === 'string'
      ? []
      : given.flatMap((each) => (each.type === 'input_image' ? [each.image_url] : []));
  return images.length > 0 ? { images } : {};
};
