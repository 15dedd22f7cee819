import { z } from 'zod';
import type { EngineMessage } from '../../../../engine/engine.ts';
import type { CompletionInput } from '../../../../generations/request/completion.ts';
import {
  maxTokens,
  maxToolNameLength,
  modelName,
  only,
  toolFunction,
  toolOf,
} from '../../completionFields.ts';
import {
  absent,
  optionsOf,
  reasoningEffort,
  samplingFields,
  thinkingOf,
  unsupported,
} from '../openaiRequests.ts';
import { forcedFormat, type ToolPolicy, toolPolicyOf, withForcedTools } from '../openaiTools.ts';
import { responsesInput } from './responsesInput.ts';

const useResponses = 'is not supported here: refer to the last response by previous_response_id';

/** The form of a response's id, with the id of its generation. */
const responseId = /^resp_([0-9A-Z]{26})$/;

/** Returns the id of a response's generation; null if it isn't the id of a response. */
export const generationIdOf = (id: string): string | null => responseId.exec(id)?.[1] ?? null;

const tool = z.object({
  type: z.literal('function', {
    error: 'can only be "function" here: this server runs no tools of its own',
  }),
  ...toolFunction.shape,
});

const textFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().max(200).nullish(),
    description: z.string().max(10_000).nullish(),
    strict: z.boolean().nullish().describe('Has no effect: the answer always matches the schema.'),
    schema: z.record(z.string(), z.unknown()),
  }),
]);

export const responsesRequest = z.object({
  model: modelName.meta({ examples: ['llama3.2'] }),
  input: responsesInput,
  instructions: z.string().nullish().describe('The system prompt.'),
  stream: z.boolean().nullish().describe('Whether to send server-sent events.'),
  max_output_tokens: maxTokens.describe('The maximum tokens of the answer.'),
  temperature: samplingFields.temperature,
  top_p: samplingFields.top_p,
  truncation: z
    .literal(['auto', 'disabled'])
    .nullish()
    .describe(
      '`auto`: the oldest messages are dropped if the input exceeds the context. Default `disabled`: 400.',
    ),
  text: z.object({ format: textFormat.nullish() }).nullish().describe('The format of the answer.'),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.literal(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), name: z.string().max(maxToolNameLength) }),
    ])
    .nullish()
    .describe('Whether the model may, must not or must call tools, or the tool that it must call.'),
  parallel_tool_calls: z.boolean().nullish().describe('False: the answer has one tool call at most.'),
  reasoning: z.object({ effort: reasoningEffort }).nullish(),
  metadata: z.record(z.string(), z.string().max(512)).nullish().describe('Returned unchanged.'),
  store: z
    .boolean()
    .nullish()
    .describe(
      'Whether the response becomes a turn of a conversation of the caller, which the web app shows. Default true; an input of more than 4 MiB is stored only on request, and then rejected.',
    ),
  previous_response_id: z
    .string()
    .regex(responseId, 'must be the id of a response of this server, such as resp_01J…')
    .nullish()
    .describe('A stored response. Its input and output come before the input of this request.'),
  conversation: z.null({ error: useResponses }).optional().describe('Only null.'),
  prompt: absent,
  background: only(false, unsupported),
  top_logprobs: only(0, unsupported),
});

export type ResponsesRequest = z.output<typeof responsesRequest>;

export const toolPolicyOfResponses = ({
  tools,
  tool_choice: choice,
}: Pick<ResponsesRequest, 'tools' | 'tool_choice'>): ToolPolicy =>
  toolPolicyOf(
    (tools ?? []).map(toolOf),
    typeof choice === 'object' && choice ? { type: 'function', function: { name: choice.name } } : choice,
  );

/** Returns the generation of a request. `input` are its messages, earlier ones included, without the instructions. */
export const responsesCompletionInput = (
  request: ResponsesRequest,
  input: readonly EngineMessage[],
  { tools, isForced }: ToolPolicy,
): CompletionInput => {
  const { instructions, temperature, top_p } = request;
  const messages = [...(instructions ? [{ role: 'system', content: instructions } as const] : []), ...input];
  return {
    model: request.model,
    messages: isForced ? withForcedTools(messages, tools) : messages,
    truncates: request.truncation === 'auto',
    tools: isForced ? [] : tools,
    format: isForced ? forcedFormat(tools) : formatOf(request),
    options: optionsOf({ temperature, top_p }, request.max_output_tokens),
    thinkIfAble: thinkingOf(request.reasoning?.effort),
  };
};

const formatOf = ({ text }: ResponsesRequest) => {
  if (text?.format?.type === 'json_schema') return text.format.schema;
  return text?.format?.type === 'json_object' ? 'json' : null;
};
