import type { ChatRequest, ChatResponse, Message, Options, Tool } from 'ollama';
import type { EngineChunk, EngineMessage, EngineOptions, EngineRequest, EngineTool } from '../engine.ts';

/** Ollama reports durations in nanoseconds. */
const nanosecondsPerMs = 1_000_000;

type StreamedChat = ChatRequest & { readonly stream: true };

/** Converts a request to Ollama's. `contextLength` is the context that the model runs with, in tokens. */
export function requestOf(request: EngineRequest, contextLength: number | null): StreamedChat {
  const { model, messages, options = {}, format, tools = [] } = request;
  const chat: StreamedChat & { readonly truncate: boolean; readonly shift: boolean } = {
    model,
    messages: messages.map(messageOf),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    stream: true,
    ...(format === undefined ? {} : { format }),
    options: { ...optionsOf(options), ...(contextLength === null ? {} : { num_ctx: contextLength }) },
    // Otherwise Ollama silently drops the start of a prompt that is, or becomes, too long.
    truncate: false,
    shift: false,
  };
  return chat;
}

function messageOf({ role, content, images, toolCalls, toolName }: EngineMessage): Message {
  const calls = toolCalls?.map(({ name, arguments: given }) => ({ function: { name, arguments: given } }));
  return {
    role,
    content,
    ...(images === undefined ? {} : { images: [...images] }),
    ...(calls === undefined ? {} : { tool_calls: calls }),
    ...(toolName === undefined ? {} : { tool_name: toolName }),
  };
}

function toolOf({ name, description, parameters }: EngineTool): Tool {
  return {
    type: 'function',
    function: { name, description, parameters: parameters ?? { type: 'object', properties: {} } },
  };
}

function optionsOf(options: EngineOptions): Partial<Options> {
  const { temperature, topP, topK, seed, maxTokens, stop } = options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
  };
}

/** Converts Ollama's responses to chunks. */
export async function* answerOf(
  responses: AsyncIterable<ChatResponse>,
): AsyncGenerator<EngineChunk, void, undefined> {
  const text = new WholeCharacters();
  const thinking = new WholeCharacters();
  let hasCalled = false;
  for await (const { message, ...response } of responses) {
    const thought = thinking.push(message?.thinking ?? '');
    if (thought !== '') yield { type: 'thinking', text: thought };
    const chunk = text.push(message?.content ?? '');
    if (chunk !== '') yield { type: 'text', text: chunk };
    const calls = message?.tool_calls ?? [];
    hasCalled ||= calls.length > 0;
    if (calls.length > 0) {
      const requested = calls.map(({ function: { name, arguments: given } }) => ({ name, arguments: given }));
      yield { type: 'tool_calls', calls: requested };
    }
    if (response.done) yield doneOf(response, hasCalled);
  }
}

function doneOf(response: Omit<ChatResponse, 'message'>, hasCalled: boolean): EngineChunk {
  const ms = (duration: number | undefined) => (duration ?? 0) / nanosecondsPerMs;
  return {
    type: 'done',
    finish: response.done_reason === 'length' ? 'length' : hasCalled ? 'tool_calls' : 'stop',
    usage: {
      promptTokens: response.prompt_eval_count ?? 0,
      completionTokens: response.eval_count ?? 0,
      loadMs: ms(response.load_duration),
      promptMs: ms(response.prompt_eval_duration),
      completionMs: ms(response.eval_duration),
      totalMs: ms(response.total_duration),
    },
  };
}

/** Holds back the first half of a surrogate pair until the second arrives: JSON may carry them in two lines. */
class WholeCharacters {
  #held = '';

  push(chunk: string): string {
    const text = this.#held + chunk;
    const isHalf = /[\ud800-\udbff]$/.test(text);
    this.#held = isHalf ? text.slice(-1) : '';
    return (isHalf ? text.slice(0, -1) : text).toWellFormed();
  }
}
