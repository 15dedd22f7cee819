import type { ChatRequest, ChatResponse, Message, Options, Tool } from 'ollama';
import type {
  EngineChunk,
  EngineMessage,
  EngineOptions,
  EngineRequest,
  EngineTool,
  TokenLogprob,
} from '../engine.ts';
import { WholeCharacters } from '../wholeCharacters.ts';

/** Ollama reports durations in nanoseconds. */
const nanosecondsPerMs = 1_000_000;

type StreamedChat = ChatRequest & { readonly stream: true };

/** Fields that the types of Ollama's client lack. */
interface LikelyToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
}
interface FurtherFields {
  readonly logprobs?: readonly (LikelyToken & { readonly top_logprobs?: readonly LikelyToken[] })[];
  /** The text of a completion without messages. */
  readonly response?: string;
  readonly thinking?: string;
}

/** The path of a request, and its body as JSON. */
export interface OllamaRequest {
  readonly path: '/api/chat' | '/api/generate';
  readonly body: string;
}

/** Converts a request to Ollama's. `contextLength` is the context that the model runs with, in tokens. */
export function ollamaRequestOf(request: EngineRequest, contextLength: number | null): OllamaRequest {
  const { plain, messages } = request;
  const chat = requestOf(request, contextLength);
  if (plain === undefined) return { path: '/api/chat', body: JSON.stringify(chat) };
  const { messages: _messages, tools: _tools, ...rest } = chat;
  const system = messages.find(({ role }) => role === 'system')?.content;
  const texts = messages.filter(({ role }) => role === 'user' || role === 'assistant');
  const images = texts.flatMap((message) => message.images ?? []);
  const body = {
    ...rest,
    prompt: texts.map(({ content }) => content).join(''),
    ...(system === undefined ? {} : { system }),
    ...(images.length === 0 ? {} : { images }),
    ...plain,
  };
  return { path: '/api/generate', body: JSON.stringify(body) };
}

function requestOf(request: EngineRequest, contextLength: number | null): StreamedChat {
  const { model, messages, options = {}, format, think, tools = [], logprobs } = request;
  const chat: StreamedChat & { readonly truncate: boolean; readonly shift: boolean } = {
    model,
    messages: messages.map(messageOf),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    stream: true,
    ...(format === undefined ? {} : { format }),
    ...(think === undefined ? {} : { think }),
    ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }),
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
  const { temperature, topP, topK, minP, repeatPenalty, repeatLastN } = options;
  const { frequencyPenalty, presencePenalty, seed, maxTokens, stop } = options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(minP === undefined ? {} : { min_p: minP }),
    ...(repeatPenalty === undefined ? {} : { repeat_penalty: repeatPenalty }),
    ...(repeatLastN === undefined ? {} : { repeat_last_n: repeatLastN }),
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
  read(line: Partial<ChatResponse> & FurtherFields, chunks: EngineChunk[]): void {
    const { message } = line;
    const thinking = message?.thinking || line.thinking;
    if (thinking) {
      const thought = this.#thinking.push(thinking);
      if (thought !== '') chunks.push({ type: 'thinking', text: thought });
    }
    const content = message?.content || line.response;
    // The tokens of the thinking aren't part of the answer.
    if (line.logprobs?.length && !thinking) {
      chunks.push({ type: 'logprobs', tokens: line.logprobs.map(tokenOf) });
    }
    if (content) {
      const chunk = this.#text.push(content);
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

const likely = ({ token, logprob, bytes = [] }: LikelyToken) => ({ token, logprob, bytes: [...bytes] });

const tokenOf = ({
  top_logprobs = [],
  ...token
}: NonNullable<FurtherFields['logprobs']>[number]): TokenLogprob => ({
  ...likely(token),
  top: top_logprobs.map(likely),
});

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
