import { z } from 'zod';
import type { EngineMessage } from '../../../engine/engine.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import {
  base64,
  clampTokens,
  maxToolCalls,
  maxToolNameLength,
  modelName,
  present,
  stops,
  temperature,
  toolFunction,
  toolOf,
  topK,
  topP,
} from '../completionFields.ts';
import { forcedFormat, type ToolPolicy, toolPolicyOf, withForcedTools } from '../openai/openaiTools.ts';
import { documentBlock } from './anthropicDocuments.ts';

// The request of Anthropic's Messages API. Unknown fields are ignored.

export const textBlock = z.object({ type: z.literal('text'), text: z.string() });

export const imageBlock = z.object({
  type: z.literal('image'),
  source: z.object({
    type: z.literal('base64', { error: 'can only be "base64" here: no URLs are fetched' }),
    media_type: z.string().max(100),
    data: base64('must be base64'),
  }),
});

const toolUse = z.object({
  type: z.literal('tool_use'),
  id: z.string().max(maxToolNameLength),
  name: z.string().max(maxToolNameLength),
  input: z.record(z.string(), z.unknown()),
});

const toolResult = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string().max(maxToolNameLength),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock]))])
    .nullish(),
  is_error: z.boolean().nullish(),
});

/** The model's own thoughts, which clients send back. */
const thought = z.object({ type: z.literal(['thinking', 'redacted_thinking']) });

const userContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, toolResult])),
]);
const assistantContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [textBlock, toolUse, thought])),
]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: userContent }),
  z.object({ role: z.literal('assistant'), content: assistantContent }),
]);

export type Message = z.output<typeof message>;

const tool = z.object({
  name: toolFunction.shape.name,
  description: toolFunction.shape.description,
  type: z
    .literal('custom', { error: 'can only be "custom" here: this server runs no tools of its own' })
    .nullish(),
  input_schema: z.record(z.string(), z.unknown()),
});

const isSerial = { disable_parallel_tool_use: z.boolean().nullish() };

const outputFormat = z
  .object({
    type: z.literal('json_schema', { error: 'can only be "json_schema" here' }),
    schema: z.record(z.string(), z.unknown()),
  })
  .nullish();

export const messagesRequest = z.object({
  model: modelName.meta({ examples: ['llama3.2'] }),
  max_tokens: z.int().min(1).describe('The maximum tokens of the answer.'),
  messages: z
    .array(message)
    .min(1)
    .max(10_000)
    .describe('Oldest first. If the last is an assistant’s, the answer continues it.')
    .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] }),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  stream: z.boolean().nullish(),
  temperature,
  top_p: topP,
  top_k: topK,
  stop_sequences: stops.nullish(),
  tools: z.array(tool).max(maxToolCalls).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal(['auto', 'any']), ...isSerial }),
      z.object({ type: z.literal('none') }),
      z.object({ type: z.literal('tool'), name: z.string().max(maxToolNameLength), ...isSerial }),
    ])
    .nullish(),
  thinking: z
    .object({ type: z.literal(['enabled', 'disabled', 'adaptive']) })
    .nullish()
    .describe('No effect on models that do not think.'),
  output_config: z
    .object({ format: outputFormat.describe('The JSON Schema that the answer matches.') })
    .nullish(),
  output_format: outputFormat.describe('The older form of `output_config`.'),
});

export type MessagesRequest = z.output<typeof messagesRequest>;

export const toolPolicyOfMessages = ({ tools, tool_choice: choice }: MessagesRequest): ToolPolicy => {
  const offered = (tools ?? []).map(({ name, description, input_schema: parameters }) =>
    toolOf({ name, description, parameters }),
  );
  if (choice?.type === 'tool') {
    return toolPolicyOf(offered, { type: 'function', function: { name: choice.name } });
  }
  return toolPolicyOf(offered, choice?.type === 'any' ? 'required' : choice?.type);
};

export const messagesInput = (request: MessagesRequest, { tools, isForced }: ToolPolicy): CompletionInput => {
  const { temperature, top_p, top_k, stop_sequences: stop, thinking } = request;
  const format = request.output_config?.format ?? request.output_format;
  const system = [request.system ?? []].flat().map((part) => (typeof part === 'string' ? part : part.text));
  const messages = [
    ...(system.length > 0 ? [{ role: 'system', content: system.join('\n') } as const] : []),
    ...engineMessages(request.messages),
  ];
  return {
    model: request.model,
    messages: isForced ? withForcedTools(messages, tools) : messages,
    tools: isForced ? [] : tools,
    format: isForced ? forcedFormat(tools) : (format?.schema ?? null),
    options: present({
      temperature,
      topP: top_p,
      topK: top_k,
      stop,
      maxTokens: clampTokens(request.max_tokens),
    }),
    thinkIfAble: thinking ? thinking.type !== 'disabled' : null,
  };
};

type Block = Exclude<Message['content'], string>[number];
type TextOrImage = Extract<Block, { readonly type: 'text' | 'image' }>;

/** Documents were replaced by what was read of them. */
const isTextOrImage = (block: Block): block is TextOrImage => block.type === 'text' || block.type === 'image';

/** A message may have results of tools beside text: each becomes a message of its own, before the text. */
const engineMessages = (all: readonly Message[]): readonly EngineMessage[] => {
  const blocksOf = ({ content }: Message): readonly Block[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const names = new Map(
    all
      .flatMap(blocksOf)
      .flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name] as const] : [])),
  );
  return all.flatMap((given): readonly EngineMessage[] => {
    const blocks = blocksOf(given);
    const results = blocks.flatMap((block): readonly EngineMessage[] => {
      if (block.type !== 'tool_result') return [];
      const { content } = block;
      const parts =
        typeof content === 'string'
          ? [{ type: 'text', text: content } as const]
          : (content ?? []).filter(isTextOrImage);
      return [{ role: 'tool', ...contentOf(parts), toolName: names.get(block.tool_use_id) ?? '' }];
    });
    const toolCalls = blocks.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
    );
    const parts = blocks.filter(isTextOrImage);
    const hasOwn = parts.length > 0 || toolCalls.length > 0 || results.length === 0;
    const own = { role: given.role, ...contentOf(parts), ...(toolCalls.length > 0 && { toolCalls }) };
    return hasOwn ? [...results, own] : results;
  });
};

const contentOf = (parts: readonly TextOrImage[]): Pick<EngineMessage, 'content' | 'images'> => {
  const images = parts.flatMap((part) => (part.type === 'image' ? [part.source.data] : []));
  return {
    content: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    ...(images.length > 0 && { images }),
  };
};
