import { z } from 'zod';
import type { EngineMessage, EngineTool } from '../../../../engine/engine.ts';
import type { Generation } from '../../../../generations/generation.ts';
import type { WholeCompletion } from '../../../../generations/request/completion.ts';
import { forcedCallOf, type WrittenCall, writtenCall } from '../openaiTools.ts';

// The items of a response: what the model wrote, and what it got.

export const outputText = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.never()),
  logprobs: z.array(z.never()),
});

const itemStatus = z.enum(['in_progress', 'completed', 'incomplete']);

const functionCall = z.object({
  type: z.literal('function_call'),
  id: z.string(),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string().describe('A JSON object as text.'),
  status: itemStatus,
});

export const outputItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
  }),
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status: itemStatus,
    role: z.literal('assistant'),
    content: z.array(outputText),
  }),
  functionCall,
]);

export type OutputItem = z.infer<typeof outputItem>;

export const inputItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status: itemStatus,
    role: z.enum(['system', 'user', 'assistant']),
    content: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('input_text'), text: z.string() }),
        z.object({ type: z.literal('input_image'), image_url: z.string(), detail: z.literal('auto') }),
        outputText,
      ]),
    ),
  }),
  functionCall,
  z.object({
    type: z.literal('function_call_output'),
    id: z.string(),
    call_id: z.string(),
    output: z.string(),
    status: itemStatus,
  }),
]);

export type InputItem = z.infer<typeof inputItem>;

export const reasoningItem = (id: string, summary: string): OutputItem => ({
  type: 'reasoning',
  id: `rs_${id}`,
  summary: summary === '' ? [] : [{ type: 'summary_text', text: summary }],
});

export const textPart = (text: string): z.infer<typeof outputText> => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

/** The message of an answer. Its text is null while it is written. */
export const messageItem = (id: string, text: string | null, isCut = false): OutputItem => ({
  type: 'message',
  id: `msg_${id}`,
  status: text === null ? 'in_progress' : isCut ? 'incomplete' : 'completed',
  role: 'assistant',
  content: text === null ? [] : [textPart(text)],
});

/** The id by which a client returns the result of a call. */
export const callIdOf = (id: string, index: number): string => `call_${id}_${index}`;

export const callItem = (
  id: string,
  call: WrittenCall,
  index: number,
): OutputItem & { readonly type: 'function_call' } => ({
  type: 'function_call',
  id: `fc_${id}_${index}`,
  call_id: callIdOf(id, index),
  name: call.name,
  arguments: call.arguments,
  status: 'completed',
});

export interface CallRules {
  /** The tools of which the model had to call one; null: the answer is text, or calls of its own. */
  readonly forced: readonly EngineTool[] | null;
  /** The maximum tool calls of an answer. */
  readonly maxCalls: number;
}

export const callsOf = (
  text: string,
  { toolCalls }: Generation,
  { forced, maxCalls }: CallRules,
): readonly WrittenCall[] =>
  forced ? [forcedCallOf(forced, text)] : (toolCalls ?? []).slice(0, maxCalls).map(writtenCall);

/** Returns the items of an answer, as far as it is written. */
export const outputOf = (
  { text, thinking, generation }: WholeCompletion,
  rules: CallRules,
): readonly OutputItem[] => {
  const { id, finishReason } = generation;
  const calls = callsOf(text, generation, rules);
  return [
    ...(thinking === '' ? [] : [reasoningItem(id, thinking)]),
    ...(rules.forced || (text === '' && calls.length > 0)
      ? []
      : [messageItem(id, text, finishReason === 'LENGTH')]),
    ...calls.map((call, index) => callItem(id, call, index)),
  ];
};

/** Returns the items that a response's model got, oldest first. `id` is that of its generation. */
export const inputItemsOf = (id: string, messages: readonly EngineMessage[]): readonly InputItem[] => {
  const items: InputItem[] = [];
  /** The calls whose results weren't seen yet. */
  const open: { readonly callId: string; readonly name: string }[] = [];
  messages.forEach(({ role, content, images = [], toolCalls = [], toolName }, index) => {
    const itemId = `in_${id}_${index}`;
    const status = 'completed' as const;
    if (role === 'tool') {
      const at = Math.max(
        0,
        open.findIndex(({ name }) => name === toolName),
      );
      const [call] = open.splice(at, 1);
      const call_id = call?.callId ?? `call_${itemId}`;
      items.push({ type: 'function_call_output', id: itemId, call_id, output: content, status });
      return;
    }
    if (content !== '' || images.length > 0 || toolCalls.length === 0) {
      const text =
        role === 'assistant' ? textPart(content) : ({ type: 'input_text', text: content } as const);
      const shown = images.map((image) => {
        const image_url = `data:image/*;base64,${image}`;
        return { type: 'input_image', image_url, detail: 'auto' } as const;
      });
      items.push({ type: 'message', id: itemId, status, role, content: [text, ...shown] });
    }
    toolCalls.map(writtenCall).forEach(({ name, arguments: given }, position) => {
      const callId = `call_${itemId}_${position}`;
      open.push({ callId, name });
      const call = { id: `${itemId}_${position}`, call_id: callId, name, arguments: given, status };
      items.push({ type: 'function_call', ...call });
    });
  });
  return items;
};
