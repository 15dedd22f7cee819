import { z } from 'zod';
import type { EngineTool } from '../../../engine/engine.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { CompletionShape } from '../completions.ts';
import { parseObject } from '../openai/openaiMessages.ts';
import { eventStream } from '../openai/openaiResponses.ts';
import { forcedCallOf, type WrittenCall, writtenCall } from '../openai/openaiTools.ts';
import { anthropicErrorOf } from './anthropicErrors.ts';

const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.literal('') }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
]);

type Block = z.infer<typeof block>;

const stopReason = z.enum(['end_turn', 'max_tokens', 'tool_use']);

export const messagesResponse = z.object({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(block),
  stop_reason: stopReason.nullable(),
  stop_sequence: z.null(),
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int() }),
});

/** An event of the stream, named by its `type`. */
export const messagesEvent = z.looseObject({ type: z.string() });

export interface MessagesShapeOptions {
  /** The tools of which the model had to call one; null: the answer is text, or calls of its own. */
  readonly forced: readonly EngineTool[] | null;
  /** The maximum tool calls of an answer. */
  readonly maxCalls: number;
}

/** The wire format of Anthropic's Messages API. Use it for one answer: it counts the blocks. */
export const messagesShape = (
  started: Generation,
  { forced, maxCalls }: MessagesShapeOptions,
): CompletionShape => {
  const { id } = started;
  let text = '';
  let blocks = 0;
  let open: 'thinking' | 'text' | null = null;

  const event = (type: string, fields: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields } satisfies z.infer<typeof messagesEvent>)}\n\n`;
  const close = (): string => {
    if (open === null) return '';
    open = null;
    blocks += 1;
    return event('content_block_stop', { index: blocks - 1 });
  };
  const start = (content_block: Block): string =>
    event('content_block_start', { index: blocks, content_block });
  const delta = (fields: object): string => event('content_block_delta', { index: blocks, delta: fields });

  const callsOf = (answer: string, { toolCalls }: Generation): readonly WrittenCall[] =>
    forced ? [forcedCallOf(forced, answer)] : (toolCalls ?? []).slice(0, maxCalls).map(writtenCall);
  const toolUseOf = (call: WrittenCall, index: number): Block => ({
    type: 'tool_use',
    id: `toolu_${id}_${index}`,
    name: call.name,
    input: parseObject(call.arguments) ?? {},
  });
  const messageOf = (content: Block[], generation: Generation, calls: readonly WrittenCall[] | null) =>
    ({
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model: started.model,
      content,
      stop_reason: calls && stopReasonOf(generation, calls),
      stop_sequence: null,
      usage: usageOf(generation),
    }) satisfies z.infer<typeof messagesResponse>;

  return {
    contentType: eventStream,
    whole: ({ text: answer, thinking, generation }) => {
      const calls = callsOf(answer, generation);
      const content: Block[] = [
        ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: '' } as const]),
        ...(forced || answer === '' ? [] : [{ type: 'text', text: answer } as const]),
        ...calls.map(toolUseOf),
      ];
      return messageOf(content, generation, calls);
    },
    first: () => event('message_start', { message: messageOf([], started, null) }) + event('ping'),
    chunk: ({ text: answered, thinking }) => {
      let events = '';
      if (thinking !== '' && open !== 'text') {
        if (open === null) {
          events += start({ type: 'thinking', thinking: '', signature: '' });
          open = 'thinking';
        }
        events += delta({ type: 'thinking_delta', thinking });
      }
      text += answered;
      if (answered === '' || forced) return events;
      if (open !== 'text') {
        events += close() + start({ type: 'text', text: '' });
        open = 'text';
      }
      return events + delta({ type: 'text_delta', text: answered });
    },
    last: (generation) => {
      let events = close();
      const calls = callsOf(text, generation);
      for (const [index, call] of calls.entries()) {
        const use = toolUseOf(call, index);
        events += start({ ...use, input: {} } as Block);
        events += delta({ type: 'input_json_delta', partial_json: call.arguments });
        events += event('content_block_stop', { index: blocks });
        blocks += 1;
      }
      const end = { stop_reason: stopReasonOf(generation, calls), stop_sequence: null };
      return (
        events + event('message_delta', { delta: end, usage: usageOf(generation) }) + event('message_stop')
      );
    },
    failure: (failure) => event('error', anthropicErrorOf(failure)),
  };
};

const stopReasonOf = (
  { finishReason }: Generation,
  calls: readonly WrittenCall[],
): z.infer<typeof stopReason> => {
  if (finishReason === 'LENGTH') return 'max_tokens';
  return calls.length > 0 ? 'tool_use' : 'end_turn';
};

const usageOf = ({ usage }: Generation) => ({
  input_tokens: usage?.promptTokens ?? 0,
  output_tokens: usage?.completionTokens ?? 0,
});
