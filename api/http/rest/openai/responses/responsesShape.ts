import { z } from 'zod';
import type { Generation } from '../../../../generations/generation.ts';
import type { WholeCompletion } from '../../../../generations/request/completion.ts';
import { present } from '../../completionFields.ts';
import type { CompletionShape } from '../../completions.ts';
import { openaiErrorOf } from '../openaiErrors.ts';
import { eventStream, secondsOf } from '../openaiResponses.ts';
import type { WrittenCall } from '../openaiTools.ts';
import {
  type CallRules,
  callItem,
  callsOf,
  messageItem,
  type OutputItem,
  outputItem,
  outputOf,
  reasoningItem,
  textPart,
} from './responsesItems.ts';
import type { ResponsesRequest } from './responsesRequests.ts';

const status = z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']);

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
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.literal('max_output_tokens') }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  model: z.string(),
  output: z.array(outputItem),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.string().nullable(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.null() }),
  store: z.boolean().describe('Whether it can be read and referred to later.'),
  temperature: z.number().nullable(),
  text: z.object({ format: z.unknown() }),
  tool_choice: z.unknown(),
  tools: z.array(z.unknown()),
  top_p: z.number().nullable(),
  truncation: z.literal(['auto', 'disabled']),
  usage: usage.nullable(),
  metadata: z.record(z.string(), z.string()),
});

type ResponseDocument = z.infer<typeof responsesResponse>;

/** An event of the stream: its `type` names it, and `sequence_number` counts from 0. */
export const responsesEvent = z.looseObject({ type: z.string(), sequence_number: z.int() });

/** The fields of a request that its response returns. */
export type EchoedFields = Pick<
  ResponsesRequest,
  | 'instructions'
  | 'max_output_tokens'
  | 'metadata'
  | 'parallel_tool_calls'
  | 'previous_response_id'
  | 'reasoning'
  | 'temperature'
  | 'text'
  | 'tool_choice'
  | 'tools'
  | 'top_p'
  | 'truncation'
>;

export const echoedFields = (request: ResponsesRequest): EchoedFields =>
  present({
    instructions: request.instructions,
    max_output_tokens: request.max_output_tokens,
    metadata: request.metadata,
    parallel_tool_calls: request.parallel_tool_calls,
    previous_response_id: request.previous_response_id,
    reasoning: request.reasoning,
    temperature: request.temperature,
    text: request.text,
    tool_choice: request.tool_choice,
    tools: request.tools,
    top_p: request.top_p,
    truncation: request.truncation,
  });

export interface ResponsesShapeOptions extends CallRules {
  readonly request: EchoedFields;
}

/** The wire format of OpenAI's Responses API. Use it for one answer: it counts the events. */
export const responsesShape = (started: Generation, options: ResponsesShapeOptions): CompletionShape => {
  const { request, forced } = options;
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

  const place = { item_id: `msg_${id}`, content_index: 0 };
  const summaryPlace = { item_id: `rs_${id}`, summary_index: 0 };

  const openItem = (kind: 'reasoning' | 'message'): string => {
    if (open === kind) return '';
    const closed = closeItem(false);
    open = kind;
    const output_index = output.length;
    if (kind === 'reasoning') {
      return (
        event('response.output_item.added', { output_index, item: reasoningItem(id, '') }) +
        event('response.reasoning_summary_part.added', {
          ...summaryPlace,
          output_index,
          part: { type: 'summary_text', text: '' },
        })
      );
    }
    return (
      closed +
      event('response.output_item.added', { output_index, item: messageItem(id, null) }) +
      event('response.content_part.added', { ...place, output_index, part: textPart('') })
    );
  };

  const closeItem = (isCut: boolean): string => {
    const output_index = output.length;
    const kind = open;
    open = null;
    if (kind === null) return '';
    const item = kind === 'reasoning' ? reasoningItem(id, thinking) : messageItem(id, text, isCut);
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
    const item = callItem(id, call, index);
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
    whole: (whole) => {
      const { generation } = whole;
      return documentOf(request, generation, endOf(generation), outputOf(whole, options));
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
      const calls = callsOf(text, generation, options);
      const opened = text === '' && calls.length === 0 ? openItem('message') : '';
      const closed = opened + closeItem(isCut);
      const called = calls.map(sendCall).join('');
      const state = endOf(generation);
      return (
        closed +
        called +
        event(`response.${state}`, { response: documentOf(request, generation, state, output) })
      );
    },
    failure: (failure) => {
      // The type of the error would replace that of the event.
      const { code, message, param } = openaiErrorOf(failure).error;
      return event('error', { code, message, param });
    },
  };
};

const endOf = ({ finishReason }: Generation) => (finishReason === 'LENGTH' ? 'incomplete' : 'completed');

/** Returns the document of a stored response, finished or not. */
export const storedDocumentOf = (
  answer: WholeCompletion,
  fields: EchoedFields,
  rules: CallRules,
): ResponseDocument => {
  const { generation, text, thinking } = answer;
  const hasOutput = generation.status === 'COMPLETED' || text !== '' || thinking !== '';
  const output = hasOutput ? outputOf(answer, rules) : [];
  return documentOf(fields, generation, stateOf(generation), output);
};

const stateOf = (generation: Generation): z.infer<typeof status> => {
  switch (generation.status) {
    case 'QUEUED':
      return 'queued';
    case 'RUNNING':
      return 'in_progress';
    case 'COMPLETED':
      return endOf(generation);
    case 'CANCELLED':
      return 'cancelled';
    default:
      return 'failed';
  }
};

const errorOf = ({ status: ended, error }: Generation): ResponseDocument['error'] => {
  if (ended === 'FAILED') return { code: 'server_error', message: error?.message ?? 'The answer failed.' };
  if (ended !== 'INTERRUPTED') return null;
  return { code: 'server_error', message: 'The service stopped before the answer was complete.' };
};

const documentOf = (
  request: EchoedFields,
  generation: Generation,
  state: z.infer<typeof status>,
  output: readonly OutputItem[],
): ResponseDocument => {
  const { id, model, createdAt, usage: tokens, messageId } = generation;
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: secondsOf(createdAt),
    status: state,
    error: errorOf(generation),
    incomplete_details: state === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model,
    output: [...output],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    store: messageId !== null,
    temperature: request.temperature ?? null,
    text: { format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? null,
    truncation: request.truncation ?? 'disabled',
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
  };
};
