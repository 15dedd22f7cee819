import type { ChatRequest, ChatResponse, Message, Options, Tool } from 'ollama';
import type { EngineChunk, EngineMessage, EngineOptions, EngineRequest, EngineTool } from '../engine.ts';
import { WholeCharacters } from '../wholeCharacters.ts';

/** Ollama reports durations in nanoseconds. */
const nanosecondsPerMs = 1_000_000;

type StreamedChat = ChatRequest & { readonly stream: true };

/** Converts a request to Ollama's. `contextLength` is the context that the model runs with, in tokens. */
export function requestOf(request: EngineRequest, contextLength: number | null): StreamedChat {
  const { model, messages, options = {}, format, think, tools = [] } = request;
  const chat: StreamedChat & { readonly truncate: boolean; readonly shift: boolean } = {
    model,
    messages: messages.map(messageOf),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    stream: true,
    ...(format === undefined ? {} : { format }),
    ...(think === undefined ? {} : { think }),
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
  const { temperature, topP, topK, minP, repeatPenalty, frequencyPenalty, presencePenalty } = options;
  const { seed, maxTokens, stop } = options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(minP === undefined ? {} : { min_p: minP }),
    ...(repeatPenalty === undefined ? {} : { repeat_penalty: repeatPenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty === undefined ? {} : { presence_penalty: presencePenalty }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
  };
}

/** Converts the lines of one answer of Ollama to chunks. */
export class ChatReader {
  readonly #text = new WholeCharacters();
  readonly #thinking = new WholeCharacters();
  #hasCalled = false;

  /** Adds the chunks of a line to `chunks`. */
  read(line: Partial<ChatResponse>, chunks: EngineChunk[]): void {
    const { message } = line;
    if (message?.thinking) {
      const thought = this.#thinking.push(message.thinking);
      if (thought !== '') chunks.push({ type: 'thinking', text: thought });
    }
    if (message?.content) {
      const chunk = this.#text.push(message.content);
      if (chunk !== '') chunks.push({ type: 'text', text: chunk });
    }
    if (message?.tool_calls && message.tool_calls.length > 0) {
      this.#hasCalled = true;
      const calls = message.tool_calls.map(({ function: { name, arguments: given } }) => ({
        name,
        arguments: given,
      }));
      chunks.push({ type: 'tool_calls', calls });
    }
    if (line.done) chunks.push(doneOf(line, this.#hasCalled));
  }
}

function doneOf(response: Partial<ChatResponse>, hasCalled: boolean): EngineChunk {
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
