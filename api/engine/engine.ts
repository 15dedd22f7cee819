/** The language model, as the rest of the service sees it. It knows no noun: no user, no conversation, no generation. */

export type EngineRole = 'system' | 'user' | 'assistant' | 'tool';

/** Something that the caller can do for the model, if the model asks for it. */
export interface EngineTool {
  readonly name: string;
  readonly description?: string;
  /** A JSON Schema of an object: what a call's arguments should fit. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** The model asks for a tool. What it asks with need not fit the tool's parameters. */
export interface EngineToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface EngineMessage {
  readonly role: EngineRole;
  readonly content: string;
  /** Base64, without a `data:` prefix; only for models with the capability `vision`. */
  readonly images?: readonly string[];
  /** What an assistant's message asks for. */
  readonly toolCalls?: readonly EngineToolCall[];
  /** Whose result a tool's message is. */
  readonly toolName?: string;
}

/** Sampling options. What is absent is the model's or the engine's default. */
export interface EngineOptions {
  /** 0 is greedy: the same request gives the same answer. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  /** The most tokens the answer may have. */
  readonly maxTokens?: number;
  /** The answer ends before the first of these; none of them is part of it. */
  readonly stop?: readonly string[];
}

/** `'json'` for any JSON value, or a JSON Schema that the answer must fit. */
export type EngineFormat = 'json' | Readonly<Record<string, unknown>>;

export interface EngineRequest {
  /** A name that `models()` lists. */
  readonly model: string;
  /**
   * Oldest first. Where the last one is an assistant's, the answer goes on from its text, and only what comes after
   * it is produced (see `EngineModel.canContinue`).
   */
  readonly messages: readonly EngineMessage[];
  readonly options?: EngineOptions;
  readonly format?: EngineFormat;
  /** Only for models with the capability `tools`. */
  readonly tools?: readonly EngineTool[];
}

/** Durations in milliseconds, counts in tokens: what Ollama reports in nanoseconds as `*_duration` and `*_count`. */
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
  /** A piece of the answer, never empty, never half a character (no lone surrogate). */
  | { readonly type: 'text'; readonly text: string }
  /** A piece of what a reasoning model thinks before it answers. */
  | { readonly type: 'thinking'; readonly text: string }
  /** What the model asks for, whole; several may come. */
  | { readonly type: 'tool_calls'; readonly calls: readonly EngineToolCall[] }
  /** The last chunk of every stream that ends well, once. */
  | { readonly type: 'done'; readonly finish: EngineFinish; readonly usage: EngineUsage };

export interface EngineModel {
  /** With its tag: `llama3.2:latest`. Unique. */
  readonly name: string;
  /** Content digest, `sha256:…` without the prefix. */
  readonly digest: string;
  /** Bytes on disk. */
  readonly size: number;
  readonly modifiedAt: Date;
  readonly family: string | null;
  /** As the field writes it: `135M`, `3.2B`. */
  readonly parameterSize: string | null;
  /** `Q4_1`, `Q4_K_M`, … */
  readonly quantization: string | null;
  /** Tokens that prompt and answer may have together, as the engine is set up to run it; null where unknown. */
  readonly contextLength: number | null;
  /** `completion`, `vision`, `tools`, `thinking`, `embedding`, `insert`: Ollama's names. */
  readonly capabilities: readonly string[];
  /** Whether it is in memory now, so that an answer starts without a load. */
  readonly loaded: boolean;
  /** Whether an answer can go on from a text begun before (the last turn left open). */
  readonly canContinue: boolean;
  /** Where it is: addresses, for administrators only. Absent where the engine is a single one. */
  readonly backends?: readonly string[];
}

export type EngineState =
  | 'ready'
  /** Fetching or loading the model; `progress` says how far. */
  | 'starting'
  | 'unavailable';

export interface EngineHealth {
  readonly kind: 'ollama' | 'embedded' | 'none';
  readonly state: EngineState;
  /** One sentence for anyone: what it is, or what is missing. Names no address and no file. */
  readonly message: string;
  /** What to do about it, one step each, commands included. Empty when ready. Names no address and no file. */
  readonly steps: readonly string[];
  /** The same for administrators and the terminal, with addresses and files. None: there is nothing more to say. */
  readonly operator?: Pick<EngineHealth, 'message' | 'steps'>;
  /** 0 to 1 while `starting`, where known. */
  readonly progress: number | null;
}

/** The size of a prompt. */
export interface PromptSize {
  readonly tokens: number;
  /** False where the engine has no tokeniser to ask and `tokens` is an estimate. */
  readonly exact: boolean;
  /** The model's context in tokens, or null where unknown. */
  readonly limit: number | null;
}

/** How far one backend is in fetching a model. */
export interface PullStep {
  /** Its address; null where the engine is a single one. */
  readonly backend: string | null;
  readonly state: 'running' | 'done' | 'failed';
  /** In a few words: what it does, or why it failed. */
  readonly message: string;
  /** Of what it has to fetch; null until that is known. */
  readonly receivedBytes: number | null;
  readonly totalBytes: number | null;
}

/** Where a model is to be: at one backend, or (null) at all. */
export interface ModelLocation {
  /** With its tag. */
  readonly name: string;
  /** As `EngineModel.backends` says it. */
  readonly backend: string | null;
}

/**
 * The port. An adapter promises:
 * - `generate` starts on the first `next()`, computes only as fast as it is read (within a small bound), ends with
 *   `done` or throws a `Failure` (`MODEL_NOT_FOUND`, `PROMPT_TOO_LARGE`, `BAD_USER_INPUT`, `ENGINE_UNAVAILABLE`,
 *   `ENGINE_TIMEOUT`, `ENGINE_FAILED`); a stream that ends without `done` never looks complete;
 * - when `signal` aborts, or the reader calls `return()`, computing stops at once; after an abort the stream throws
 *   `signal.reason`;
 * - several `generate`s run side by side, up to `slots`, and none blocks the event loop; past that they wait their turn;
 * - `models` and `health` answer within a few seconds, whatever state the engine is in; `health` never throws.
 */
export interface Engine {
  /** How many requests it runs side by side. Where it is several servers, of those that answer now: maybe none. */
  readonly slots: number;
  health(): Promise<EngineHealth>;
  /** Installed models, by name. Throws `ENGINE_UNAVAILABLE`. */
  models(signal?: AbortSignal): Promise<readonly EngineModel[]>;
  /** How much of the model's context `messages` take, chat template included. */
  measure(model: string, messages: readonly EngineMessage[], signal?: AbortSignal): Promise<PromptSize>;
  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk>;
  /**
   * Fetches a model, anew where it is there already. A fetch that is broken off goes on where it was when it is asked for
   * again. Ends when it is over everywhere; throws where it succeeded nowhere: `BAD_USER_INPUT`, `NOT_FOUND`,
   * `ENGINE_UNAVAILABLE`, `ENGINE_TIMEOUT`, `ENGINE_FAILED`.
   */
  pull(place: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep>;
  /** Deletes a model where it is. Throws `MODEL_NOT_FOUND` where it is nowhere, and as `pull` does. */
  remove(place: ModelLocation, signal: AbortSignal): Promise<void>;
  /** Ends what runs, frees what is held. Idempotent. */
  close(): Promise<void>;
}
