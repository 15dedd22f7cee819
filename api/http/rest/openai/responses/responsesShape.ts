import { z } from 'zod';
import type { EngineTool } from '../../../../engine/engine.ts';
import type { Generation } from '../../../../generations/generation.ts';
import type { CompletionShape } from '../../completions.ts';
import { openaiErrorOf } from '../openaiErrors.ts';
import { eventStream, secondsOf } from '../openaiResponses.ts';
import { forcedCallOf, type WrittenCall, writtenCall } from '../openaiTools.ts';
import type { ResponsesRequest } from './responsesRequests.ts';

const outputText = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.never()),
  logprobs: z.array(z.never()),
});

const status = z.enum(['in_progress', 'completed', 'incomplete']);

const outputItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
  }),
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status,
    role: z.literal('assistant'),
    content: z.array(outputText),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string().describe('A JSON object as text.'),
    status,
  }),
]);

type OutputItem = z.infer<typeof outputItem>;

const usage = z.object({
  input_tokens: z.int(),
  input_tokens_details: z.object({ cached_tokens: z.int() }),
  output_tokens: z.int(),
  output_tokens_details: z.object({ reasoning_tokens: z.int().describe('Always 0: not counted apart.') }),
  total_tokens: z.int(),
});

export const responsesResponse = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  status,
  error: z.null(),
  incomplete_details: z.object({ reason: z.literal('max_output_tokens') }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  model: z.string(),
  output: z.array(outputItem),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.null(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.null() }),
  store: z.literal(false),
  temperature: z.number().nullable(),
  text: z.object({ format: z.unknown() }),
  tool_choice: z.unknown(),
  tools: z.array(z.unknown()),
  top_p: z.number().nullable(),
  truncation: z.literal('disabled'),
  usage: usage.nullable(),
  metadata: z.record(z.string(), z.string()),
});

type ResponseDocument = z.infer<typeof responsesResponse>;

/** An event of the stream: its `type` names it, and `sequence_number` counts from 0. */
export const responsesEvent = z.looseObject({ type: z.string(), sequence_number: z.int() });

export interface ResponsesShapeOptions {
  readonly request: ResponsesRequest;
  /** The tools of which the model had to call one; null: the answer is text, or calls of its own. */
  readonly forced: readonly EngineTool[] | null;
  /** The maximum tool calls of an answer. */
  readonly maxCalls: number;
}

/** The wire format of OpenAI's Responses API. Use it for one answer: it counts the events. */
export const responsesShape = (started: Generation, options: ResponsesShapeOptions): CompletionShape => {
  const { request, forced, maxCalls } = options;
  const { id } = started;
  let sequence = 0;
  let [text, thinking] = ['', ''];
  /** The open item of the stream: the reasoning, then the message. */
  let open: 'reasoning' | 'message' | null = null;
  const output: OutputItem[] = [];

  const event = (type: string, fields: object): string => {
    const document = { type, sequence_number: sequence, ...fields } satisfies z.infer<typeof responsesEvent>;
    sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify(document)}\n\n`;
  };

  const reasoningItem = (summary: string): OutputItem => ({
    type: 'reasoning',
    id: `rs_${id}`,
    summary: summary === '' ? [] : [{ type: 'summary_text', text: summary }],
  });
  const textPart = (whole: string): z.infer<typeof outputText> => ({
    type: 'output_text',
    text: whole,
    annotations: [],
    logprobs: [],
  });
  const messageItem = (whole: string | null, isCut = false): OutputItem => ({
    type: 'message',
    id: `msg_${id}`,
    status: whole === null ? 'in_progress' : isCut ? 'incomplete' : 'completed',
    role: 'assistant',
    content: whole === null ? [] : [textPart(whole)],
  });
  const callItem = (call: WrittenCall, index: number): OutputItem & { type: 'function_call' } => ({
    type: 'function_call',
    id: `fc_${id}_${index}`,
    call_id: `call_${id}_${index}`,
    name: call.name,
    arguments: call.arguments,
    status: 'completed',
  });
  const callsOf = (answer: string, { toolCalls }: Generation): readonly WrittenCall[] =>
    forced ? [forcedCallOf(forced, answer)] : (toolCalls ?? []).slice(0, maxCalls).map(writtenCall);

  const place = { item_id: `msg_${id}`, content_index: 0 };
  const summaryPlace = { item_id: `rs_${id}`, summary_index: 0 };

  const openItem = (kind: 'reasoning' | 'message'): string => {
    if (open === kind) return '';
    const closed = closeItem(false);
    open = kind;
    const output_index = output.length;
    if (kind === 'reasoning') {
      return (
        event('response.output_item.added', { output_index, item: reasoningItem('') }) +
        event('response.reasoning_summary_part.added', {
          ...summaryPlace,
          output_index,
          part: { type: 'summary_text', text: '' },
        })
      );
    }
    return (
      closed +
      event('response.output_item.added', { output_index, item: messageItem(null) }) +
      event('response.content_part.added', { ...place, output_index, part: textPart('') })
    );
  };

  const closeItem = (isCut: boolean): string => {
    const output_index = output.length;
    const kind = open;
    open = null;
    if (kind === null) return '';
    const item = kind === 'reasoning' ? reasoningItem(thinking) : messageItem(text, isCut);
    output.push(item);
    const done =
      kind === 'reasoning'
        ? event('response.reasoning_summary_text.done', { ...summaryPlace, output_index, text: thinking }) +
          event('response.reasoning_summary_part.done', {
            ...summaryPlace,
            output_index,
            part: { type: 'summary_text', text: thinking },
          })
        : event('response.output_text.done', { ...place, output_index, text, logprobs: [] }) +
          event('response.content_part.done', { ...place, output_index, part: textPart(text) });
    return done + event('response.output_item.done', { output_index, item });
  };

  const sendCall = (call: WrittenCall, index: number): string => {
    const item = callItem(call, index);
    const output_index = output.length;
    output.push(item);
    const at = { item_id: item.id, output_index };
    return (
      event('response.output_item.added', {
        output_index,
        item: { ...item, arguments: '', status: 'in_progress' },
      }) +
      event('response.function_call_arguments.delta', { ...at, delta: call.arguments }) +
      event('response.function_call_arguments.done', { ...at, name: call.name, arguments: call.arguments }) +
      event('response.output_item.done', { output_index, item })
    );
  };

  return {
    contentType: eventStream,
    whole: ({ text: answer, thinking: thought, generation }) => {
      const calls = callsOf(answer, generation);
      const isCut = generation.finishReason === 'LENGTH';
      const items = [
        ...(thought === '' ? [] : [reasoningItem(thought)]),
        ...(forced || (answer === '' && calls.length > 0) ? [] : [messageItem(answer, isCut)]),
        ...calls.map(callItem),
      ];
      return documentOf(request, generation, isCut ? 'incomplete' : 'completed', items);
    },
    first: () => {
      const response = documentOf(request, started, 'in_progress', []);
      return event('response.created', { response }) + event('response.in_progress', { response });
    },
    chunk: ({ text: delta, thinking: thought }) => {
      let events = '';
      // A model that thinks again after its answer began has its thoughts left out: the item is closed.
      if (thought !== '' && open !== 'message' && output.length === 0) {
        thinking += thought;
        const opened = openItem('reasoning');
        const at = { ...summaryPlace, output_index: output.length };
        events += opened + event('response.reasoning_summary_text.delta', { ...at, delta: thought });
      }
      if (delta === '') return events;
      text += delta;
      if (forced) return events;
      const opened = openItem('message');
      const at = { ...place, output_index: output.length };
      return events + opened + event('response.output_text.delta', { ...at, delta, logprobs: [] });
    },
    last: (generation) => {
      const isCut = generation.finishReason === 'LENGTH';
      const calls = callsOf(text, generation);
      const opened = text === '' && calls.length === 0 ? openItem('message') : '';
      const closed = opened + closeItem(isCut);
      const called = calls.map(sendCall).join('');
      const state = isCut ? 'incomplete' : 'completed';
      return (
        closed +
        called +
        event(`response.${state}`, { response: documentOf(request, generation, state, output) })
      );
    },
    failure: (failure) => event('error', openaiErrorOf(failure).error),
  };
};

const documentOf = (
  request: ResponsesRequest,
  { id, model, createdAt, usage: tokens }: Generation,
  state: z.infer<typeof status>,
  output: readonly OutputItem[],
): ResponseDocument => ({
  id: `resp_${id}`,
  object: 'response',
  created_at: secondsOf(createdAt),
  status: state,
  error: null,
  incomplete_details: state === 'incomplete' ? { reason: 'max_output_tokens' } : null,
  instructions: request.instructions ?? null,
  max_output_tokens: request.max_output_tokens ?? null,
  model,
  output: [...output],
  parallel_tool_calls: request.parallel_tool_calls ?? true,
  previous_response_id: null,
  reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
  store: false,
  temperature: request.temperature ?? null,
  text: { format: request.text?.format ?? { type: 'text' } },
  tool_choice: request.tool_choice ?? 'auto',
  tools: request.tools ?? [],
  top_p: request.top_p ?? null,
  truncation: 'disabled',
  usage:
    state === 'in_progress' || !tokens
      ? null
      : {
          input_tokens: tokens.promptTokens,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: tokens.completionTokens,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: tokens.promptTokens + tokens.completionTokens,
        },
  metadata: request.metadata ?? {},
});
