/** The port of the language model. It is independent of users, conversations and generations. */

export type EngineRole = 'system' | 'user' | 'assistant' | 'tool';

/** A function of the caller that the model can request a call of. */
export interface EngineTool {
  readonly name: string;
  readonly description?: string;
  /** A JSON Schema of an object, which the arguments of a call should match. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A tool call that the model requests. The arguments may not match the tool's parameters. */
export interface EngineToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface EngineMessage {
  readonly role: EngineRole;
  readonly content: string;
  /** Base64, without a `data:` prefix; only for models with the capability `vision`. */
  readonly images?: readonly string[];
  /** The tool calls that an assistant's message requests. */
  readonly toolCalls?: readonly EngineToolCall[];
  /** The tool whose result a tool's message is. */
  readonly toolName?: string;
}

/** Sampling options. An absent option has the default of the model or the engine. */
export interface EngineOptions {
  /** 0 is greedy: the same request always gets the same answer. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  readonly topK?: number;
  /** Considers tokens whose probability is at least this share of the most likely one's, from 0 to 1. */
  readonly minP?: number;
  /** Above 1, tokens that the answer has already get less likely. 1 is none. */
  readonly repeatPenalty?: number;
  /** How many of the last tokens the repeat penalty considers; 0: none, -1: the whole context. Default 64. */
  readonly repeatLastN?: number;
  /** OpenAI's penalties for repeated tokens, from -2 to 2. */
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  /** Maximum tokens of the answer. */
  readonly maxTokens?: number;
  /** Stop strings: the answer ends before the first one. */
  readonly stop?: readonly string[];
  /** The context in tokens that the request asks for, where the engine can choose it; capped by `CONTEXT_LIMIT`. */
  readonly contextLength?: number;
}

/** How much a model with the capability `thinking` thinks before it answers. Absent: its default. */
export type EngineThinking = boolean | 'low' | 'medium' | 'high';

/** `'json'` for any JSON value, or a JSON Schema that the answer must match. */
export type EngineFormat = 'json' | Readonly<Record<string, unknown>>;

export interface EngineRequest {
  /** A name that `models()` lists. */
  readonly model: string;
  /**
   * Oldest first. If the last one is an assistant's, the answer continues its text, and the stream has only the
   * continuation (see `EngineModel.canContinue`).
   */
  readonly messages: readonly EngineMessage[];
  readonly options?: EngineOptions;
  readonly format?: EngineFormat;
  /** Only for models with the capability `thinking`. */
  readonly think?: EngineThinking;
  /** Only for models with the capability `tools`. */
  readonly tools?: readonly EngineTool[];
  /** Reports the log probability of each token, with this many of the likeliest ones. Only for `EngineModel.hasLogprobs`. */
  readonly logprobs?: number;
  /** Completes the user's message as a text instead of answering it. Only for `EngineModel.completesTexts`. */
  readonly plain?: PlainPrompt;
  /**
   * Waits for a free slot until the signal aborts, instead of `ENGINE_TIMEOUT_S`: the answer has begun, and must not fail
   * because others use the engine.
   */
  readonly waits?: boolean;
}

/** How a model completes a text. */
export interface PlainPrompt {
  /** Whether the model gets the text as it is, without a template. */
  readonly raw?: boolean;
  /** A template in place of the model's, in the language of the engine. */
  readonly template?: string;
  /** The text after the gap that the model fills; only for models with the capability `insert`. */
  readonly suffix?: string;
}

/** A token and its natural log probability. */
export interface LikelyToken {
  readonly token: string;
  readonly logprob: number;
  /** The bytes of the token in UTF-8; null if the engine doesn't report them. */
  readonly bytes: readonly number[] | null;
}

/** A token of an answer, with the likeliest tokens at its position, the likeliest first. */
export interface TokenLogprob extends LikelyToken {
  readonly top: readonly LikelyToken[];
}

export interface EmbedRequest {
  /** A name that `models()` lists. */
  readonly model: string;
  /** The texts, at least one, none of them empty. Each has to fit the model's context. */
  readonly input: readonly string[];
  /** The length of the vectors; absent: the model's own. Shortened vectors are normalized again. */
  readonly dimensions?: number;
  /** Whether a text that exceeds the context is cut at its end instead of rejected. Default false. */
  readonly truncate?: boolean;
  /**
   * Whether vectors get the Euclidean length 1. Default true. False: they keep the length that the model gave them, where
   * the engine reports it.
   */
  readonly normalize?: boolean;
}

export interface Embeddings {
  /** One vector per input, in their order, each of Euclidean length 1 unless `normalize` is false. */
  readonly vectors: readonly (readonly number[])[];
  /** The tokens of all inputs together. */
  readonly promptTokens: number;
}

/** Durations in ms and counts in tokens. Ollama reports them as `*_duration`, in nanoseconds, and `*_count`. */
export interface EngineUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly loadMs: number;
  readonly promptMs: number;
  readonly completionMs: number;
  readonly totalMs: number;
}

export type EngineFinish = 'stop' | 'length' | 'tool_calls';

export type EngineChunk =
  /** A chunk of the answer: never empty, never half a character (no lone surrogate). */
  | { readonly type: 'text'; readonly text: string }
  /** A chunk of the thinking of a reasoning model. */
  | { readonly type: 'thinking'; readonly text: string }
  /** Complete tool calls. A stream may have several such chunks. */
  | { readonly type: 'tool_calls'; readonly calls: readonly EngineToolCall[] }
  /** The log probabilities of the next tokens of the text, if the request asked for them. Before their text. */
  | { readonly type: 'logprobs'; readonly tokens: readonly TokenLogprob[] }
  /** The last chunk of every successful stream. */
  | { readonly type: 'done'; readonly finish: EngineFinish; readonly usage: EngineUsage };

/**
 * Takes a chunk that arrives while the reader of the stream waits for one, and returns true; or false, and the stream yields
 * the chunk. Must not throw.
 */
export type AcceptChunk = (chunk: EngineChunk) => boolean;

export interface EngineModel {
  /** With its tag: `llama3.2:latest`. Unique. */
  readonly name: string;
  /** Content digest, `sha256:…` without the prefix. */
  readonly digest: string;
  /** Bytes on disk. */
  readonly size: number;
  readonly modifiedAt: Date;
  readonly family: string | null;
  /** `135M`, `3.2B`, … */
  readonly parameterSize: string | null;
  /** `Q4_1`, `Q4_K_M`, … */
  readonly quantization: string | null;
  /** The configured context: maximum tokens of prompt and answer together; null if unknown. */
  readonly contextLength: number | null;
  /** `completion`, `vision`, `tools`, `thinking`, `embedding`, `insert`: Ollama's names. */
  readonly capabilities: readonly string[];
  /** Whether it is in memory now, so that an answer starts without loading it. */
  readonly loaded: boolean;
  /** Its memory in bytes while it is loaded, where the engine reports it; `vramBytes` is the part on GPUs. */
  readonly memory?: { readonly bytes: number; readonly vramBytes: number };
  /** Whether an answer can continue a partial assistant message: the chat template leaves the last turn open. */
  readonly canContinue: boolean;
  /** Whether it reports log probabilities, as far as is known. Absent: no. */
  readonly hasLogprobs?: boolean;
  /** Whether it completes texts (`PlainPrompt`). Absent: no. */
  readonly completesTexts?: boolean;
  /** The addresses of the backends that have it, for administrators only. Absent for a single engine. */
  readonly backends?: readonly string[];
}

export type EngineState =
  | 'ready'
  /** Fetching or loading the model, with `progress`. */
  | 'starting'
  | 'unavailable';

export interface EngineHealth {
  readonly kind: 'ollama' | 'openai' | 'embedded' | 'none';
  readonly state: EngineState;
  /** One sentence for all users: which engine it is, or what is missing. Has no addresses and file paths. */
  readonly message: string;
  /** How to fix it, one step each, with commands. Empty when ready. Has no addresses and file paths. */
  readonly steps: readonly string[];
  /** The same for administrators and the terminal, with addresses and file paths. Absent if it would add nothing. */
  readonly operator?: Pick<EngineHealth, 'message' | 'steps'>;
  /** 0 to 1 while `starting`; null if unknown. */
  readonly progress: number | null;
}

/** The size of a prompt. */
export interface PromptSize {
  readonly tokens: number;
  /** False if the engine offers no tokenizer, so that `tokens` is an estimate. */
  readonly exact: boolean;
  /** The model's context length in tokens; null if unknown. */
  readonly limit: number | null;
}

/** The progress of one backend that fetches a model. */
export interface PullStep {
  /** Its address; null for a single engine. */
  readonly backend: string | null;
  readonly state: 'running' | 'done' | 'failed';
  /** The current step, or the reason of the failure, in a few words. */
  readonly message: string;
  /** Null until the total is known. */
  readonly receivedBytes: number | null;
  readonly totalBytes: number | null;
}

/** A model at one backend, or for null at all of them. */
export interface ModelLocation {
  /** With its tag. */
  readonly name: string;
  /** An address from `EngineModel.backends`. */
  readonly backend: string | null;
}

/**
 * The port. An adapter promises:
 * - `generate` starts on the first `next()` and computes only as fast as it is read, within a small bound. It ends with
 *   `done` or throws a `Failure` (`MODEL_NOT_FOUND`, `PROMPT_TOO_LARGE`, `BAD_USER_INPUT`, `ENGINE_UNAVAILABLE`,
 *   `ENGINE_TIMEOUT`, `ENGINE_FAILED`); a stream without `done` never looks complete.
 * - When `signal` aborts, or the reader calls `return()`, computing stops at once. After an abort the stream throws
 *   `signal.reason`.
 * - Chunks that arrive while the reader waits may be passed to `accept` instead of being yielded, in their order. `done`
 *   never is. An adapter may ignore `accept`.
 * - Up to `slots` calls of `generate` run at once, without blocking the event loop; further ones wait for a slot.
 * - `models` and `health` answer within a few seconds in every state of the engine. `health` never throws.
 */
export interface Engine {
  /** Maximum requests that run at once. For several servers, the sum of the reachable ones: it may be 0. */
  readonly slots: number;
  health(): Promise<EngineHealth>;
  /** Lists the installed models, sorted by name. Throws `ENGINE_UNAVAILABLE`. */
  models(signal?: AbortSignal): Promise<readonly EngineModel[]>;
  /**
   * Measures how many tokens of the model's context `messages` take, chat template included. `contextLength` is the one
   * that the request asks for.
   */
  measure(
    model: string,
    messages: readonly EngineMessage[],
    signal?: AbortSignal,
    contextLength?: number,
  ): Promise<PromptSize>;
  generate(request: EngineRequest, signal: AbortSignal, accept?: AcceptChunk): AsyncIterable<EngineChunk>;
  /**
   * Computes embeddings, in slots of their own: they don't wait for answers. Throws the failures of `generate`, and
   * `signal.reason` after an abort.
   */
  embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings>;
  /**
   * Fetches a model, or updates it. A later call resumes an aborted fetch. Ends when all backends have ended. If all of
   * them fail, throws `BAD_USER_INPUT`, `NOT_FOUND`, `ENGINE_UNAVAILABLE`, `ENGINE_TIMEOUT` or `ENGINE_FAILED`.
   */
  pull(location: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep>;
  /** Deletes a model. Throws `MODEL_NOT_FOUND` if no backend has it, and the failures of `pull`. */
  remove(location: ModelLocation, signal: AbortSignal): Promise<void>;
  /** Aborts running requests and frees all resources. Idempotent. */
  close(): Promise<void>;
}
