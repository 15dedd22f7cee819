import type { EngineFormat, EngineMessage, EngineOptions, EngineRequest, EngineTool } from '../engine.ts';
import type { ServerKind } from './catalog.openai.ts';

/**
 * Converts a request to OpenAI's. `hasSchema` is false for servers that don't know `json_schema`: those of
 * llama-cpp-python take the schema with `json_object`.
 */
export function requestOf(
  { model, messages, options = {}, format, think, tools = [], logprobs }: EngineRequest,
  server: ServerKind,
  hasSchema: boolean,
): Readonly<Record<string, unknown>> {
  const isContinued = messages.at(-1)?.role === 'assistant';
  return {
    model,
    messages: messagesOf(messages),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: tools.map(toolOf) }),
    ...(format !== undefined && { response_format: formatOf(format, hasSchema) }),
    ...(logprobs !== undefined && { logprobs: true, top_logprobs: logprobs }),
    ...(typeof think === 'string' && { reasoning_effort: think }),
    ...(think !== undefined && { chat_template_kwargs: { enable_thinking: think !== false } }),
    ...optionsOf(options, server),
    ...(isContinued &&
      (server === 'vllm' || server === 'sglang') && {
        continue_final_message: true,
        add_generation_prompt: false,
      }),
  };
}

function messagesOf(messages: readonly EngineMessage[]): readonly object[] {
  /** The ids of tool calls whose results weren't seen yet, with the names of their tools. */
  const open: { readonly id: string; readonly name: string }[] = [];
  return messages.map(({ role, content, images = [], toolCalls = [], toolName }, index) => {
    if (role === 'tool') {
      const at = Math.max(
        0,
        open.findIndex(({ name }) => toolName === undefined || name === toolName),
      );
      const [call] = open.splice(at, 1);
      return { role, content, tool_call_id: call?.id ?? `call_${index}` };
    }
    if (toolCalls.length > 0) {
      const calls = toolCalls.map(({ name, arguments: given }, position) => {
        const id = `call_${index}_${position}`;
        open.push({ id, name });
        return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } };
      });
      return { role, content, tool_calls: calls };
    }
    if (images.length === 0) return { role, content };
    const parts = images.map((image) => ({
      type: 'image_url',
      image_url: { url: `data:${mediaTypeOf(image)};base64,${image}` },
    }));
    return { role, content: [...(content === '' ? [] : [{ type: 'text', text: content }]), ...parts] };
  });
}

/** The media type of an image in base64, by its first bytes. */
const mediaTypeOf = (image: string): string =>
  image.startsWith('/9j/')
    ? 'image/jpeg'
    : image.startsWith('R0lG')
      ? 'image/gif'
      : image.startsWith('UklG')
        ? 'image/webp'
        : 'image/png';

const toolOf = ({ name, description, parameters }: EngineTool): object => ({
  type: 'function',
  function: { name, description, parameters: parameters ?? { type: 'object', properties: {} } },
});

function formatOf(format: EngineFormat, hasSchema: boolean): object {
  if (format === 'json') return { type: 'json_object' };
  return hasSchema
    ? { type: 'json_schema', json_schema: { name: 'answer', schema: format, strict: true } }
    : { type: 'json_object', schema: format };
}

/** `top_k`, `min_p` and the repeat penalty are extensions; the last one has different names, and vLLM and SGLang
 * let it consider all tokens. */
const optionsOf = (options: EngineOptions, server: ServerKind): object => {
  const { temperature, topP, topK, minP, seed, maxTokens, stop } = options;
  const { repeatPenalty, repeatLastN, frequencyPenalty, presencePenalty } = options;
  const penalty = server === 'vllm' || server === 'sglang' ? 'repetition_penalty' : 'repeat_penalty';
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(minP !== undefined && { min_p: minP }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(seed !== undefined && { seed }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(stop !== undefined && stop.length > 0 && { stop: [...stop] }),
    ...(repeatPenalty !== undefined && { [penalty]: repeatPenalty }),
    ...(repeatLastN !== undefined && penalty === 'repeat_penalty' && { repeat_last_n: repeatLastN }),
  };
};
