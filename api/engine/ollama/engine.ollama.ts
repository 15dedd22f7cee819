import { reasonOf } from '../../errors/causes.ts';
import {
  badInput,
  engineUnavailable,
  type Failure,
  modelNotFound,
  promptTooLarge,
} from '../../errors/failures.ts';
import type {
  AcceptChunk,
  Embeddings,
  EmbedRequest,
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  EngineUsage,
  ModelLocation,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { type EngineLimits, limitOf, limitsOf, type Phase, phaseTimeout } from '../limits.ts';
import { SlotPool } from '../slotPool.ts';
import { openedStream, type Source, stoppable } from '../stream.ts';
import { TokenEstimates } from '../tokenEstimates.ts';
import { engineFetch } from '../transport/engineFetch.ts';
import { OllamaCatalog, type OllamaModel } from './catalog.ollama.ts';
import { ollamaRequestOf } from './chat.ollama.ts';
import { type ChatConnections, ChatStream, createChatConnections } from './chatStream.ollama.ts';
import { contextFor } from './context.ollama.ts';
import { embedWithOllama } from './embed.ollama.ts';
import { failureOf, listFailureOf, OllamaError, signInNeeded } from './failure.ollama.ts';
import { healthOf } from './health.ollama.ts';
import { type OllamaAddress, ollamaClient, parseAddress } from './http.ollama.ts';
import { ModelLoads } from './loads.ollama.ts';
import { pullFromOllama } from './pull.ollama.ts';

export { probeOllama } from './http.ollama.ts';

/**
 * The context length of models that configure none, in tokens. Every request states it, because Ollama's default depends on
 * the machine (4,096 to 262,144), and a different value makes Ollama reload the model. 8,192 tokens hold a long
 * conversation; for an 8-billion-parameter model they take 1 GB per concurrent request.
 */
const defaultContextCap = 8_192;
/** The timeout of requests that only read or delete metadata, in ms. */
const metadataTimeoutMs = 5_000;

export interface OllamaEngineOptions {
  /** One address: `http://host:11434`. */
  readonly url: string;
  /** How long Ollama may be silent, in ms; `limits` overrides it for single phases. */
  readonly timeoutMs: number;
  readonly limits?: Partial<EngineLimits>;
  /** The maximum context that a request may ask for, in tokens. Default: `contextCap`. */
  readonly contextLimit?: number;
  /** Maximum requests that run at once; best the same as the server's `OLLAMA_NUM_PARALLEL`. */
  readonly slots: number;
  /** The context length of models that configure none, in tokens. Default 8,192. */
  readonly contextCap?: number;
  /** For requests of metadata and pulls. */
  readonly fetch?: typeof fetch;
  readonly log?: (message: string) => void;
}

/** Creates an engine on one Ollama server. A slow reader slows it down once the buffers of the connection are full. */
export const createOllamaEngine = (options: OllamaEngineOptions): Engine => new OllamaEngine(options);

/** A request with what was decided about it. */
interface PreparedChat {
  readonly request: EngineRequest;
  readonly model: OllamaModel;
  readonly contextLength: number | null;
  readonly phase: Phase;
}

class OllamaEngine implements Engine {
  readonly slots: number;
  readonly #address: OllamaAddress;
  readonly #limits: EngineLimits;
  readonly #contextLimit: number;
  readonly #estimates = new TokenEstimates();
  readonly #loads: ModelLoads;
  readonly #fetch: typeof fetch;
  readonly #log: (message: string) => void;
  readonly #catalog: OllamaCatalog;
  readonly #slotPool: SlotPool<number>;
  readonly #embedSlots: SlotPool<number>;
  readonly #connections: ChatConnections;
  readonly #closing = new AbortController();

  constructor(options: OllamaEngineOptions) {
    const { url, timeoutMs, slots, fetch: fetching = engineFetch } = options;
    const { contextLimit = defaultContextCap, contextCap = Math.min(defaultContextCap, contextLimit) } =
      options;
    this.slots = slots;
    this.#address = parseAddress(url);
    this.#limits = limitsOf(timeoutMs, options.limits);
    this.#contextLimit = Math.max(contextLimit, contextCap);
    this.#fetch = fetching;
    this.#log = options.log ?? (() => undefined);
    this.#catalog = new OllamaCatalog(this.#address, contextCap, fetching);
    this.#loads = new ModelLoads({
      address: this.#address,
      fetch: fetching,
      limits: this.#limits,
      closing: this.#closing.signal,
      log: this.#log,
    });
    this.#connections = createChatConnections(this.#address);
    const slotNumbers = Array.from({ length: slots }, (_, index) => index);
    this.#slotPool = new SlotPool(slotNumbers);
    this.#embedSlots = new SlotPool(slotNumbers);
  }

  health(): Promise<EngineHealth> {
    return healthOf(this.#address, this.#fetch, this.#closing.signal);
  }

  async models(signal?: AbortSignal): Promise<readonly EngineModel[]> {
    try {
      return await this.#catalog.list(this.#withTimeout(signal));
    } catch (error) {
      signal?.throwIfAborted();
      throw listFailureOf(error, this.#address.host);
    }
  }

  async measure(
    name: string,
    messages: readonly EngineMessage[],
    signal?: AbortSignal,
    contextLength?: number,
  ): Promise<PromptSize> {
    const model = await this.#findModel(name, signal);
    const limit = this.#contextOf(model, contextLength);
    return { tokens: this.#estimates.of(model.name, messages), exact: false, limit };
  }

  generate(request: EngineRequest, signal: AbortSignal, accept?: AcceptChunk): AsyncIterable<EngineChunk> {
    return openedStream([signal, this.#closing.signal], (either) => this.#open(request, either, accept));
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const slot = await this.#embedSlots.acquire(either);
    try {
      const model = await this.#findModel(request.model, either);
      const deps = {
        address: this.#address,
        fetch: this.#fetch,
        timeoutMs: limitOf('loading', this.#limits),
      };
      return await embedWithOllama(deps, request, model.contextLength, either);
    } catch (error) {
      either.throwIfAborted();
      if (!(error instanceof OllamaError)) throw error;
      throw await this.#deniedOrUnknown(error, request.model);
    } finally {
      this.#embedSlots.release(slot);
    }
  }

  pull({ name }: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep> {
    return stoppable([signal, this.#closing.signal], (either) =>
      pullFromOllama({ address: this.#address, fetch: this.#fetch, limits: this.#limits }, name, either),
    );
  }

  async remove({ name }: ModelLocation, signal: AbortSignal): Promise<void> {
    try {
      await ollamaClient(this.#address, this.#withTimeout(signal), this.#fetch).delete({ model: name });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof OllamaError && error.isUnknownModel))
        throw listFailureOf(error, this.#address.host);
      throw modelNotFound(
        name,
        (await this.models(signal)).map((model) => model.name),
      );
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The connection to Ollama is closed.'));
    this.#connections.close();
  }

  async #open(
    request: EngineRequest,
    signal: AbortSignal,
    accept: AcceptChunk | undefined,
  ): Promise<Source<EngineChunk>> {
    signal.throwIfAborted();
    const slot = await this.#slotPool.acquire(signal);
    try {
      const model = await this.#findModel(request.model, signal);
      if (request.messages.length === 0) throw badInput('messages', 'There is no message to answer.');
      const last = request.messages.at(-1);
      if (last?.role === 'assistant' && last.content !== '' && !model.canContinue) {
        throw badInput('messages', `${model.name} can't continue a partial assistant message.`);
      }
      const contextLength = this.#contextOf(model, request.options?.contextLength);
      const phase = await this.#loads.prepare(model.name, contextLength, signal);
      signal.throwIfAborted();
      const prepared = { request, model, contextLength, phase };
      return this.#chat(prepared, signal, accept, () => this.#slotPool.release(slot));
    } catch (error) {
      this.#slotPool.release(slot);
      throw error;
    }
  }

  #chat(
    { request, model, contextLength, phase }: PreparedChat,
    signal: AbortSignal,
    accept: AcceptChunk | undefined,
    release: () => void,
  ): Source<EngineChunk> {
    // Ollama sends a tool call as a whole, after it was silent while the model wrote it.
    const later: Phase = request.tools?.length ? 'tool call' : 'tokens';
    let count = 0;
    const stream = new ChatStream({
      address: this.#address,
      connections: this.#connections,
      ...ollamaRequestOf(request, contextLength),
      signal,
      firstMs: limitOf(phase, this.#limits),
      laterMs: limitOf(later, this.#limits),
      onTimeout: (hasBegun, ms) =>
        phaseTimeout(hasBegun ? later : phase, ms, `Ollama at ${this.#address.host}`),
      accept(chunk) {
        if (!accept?.(chunk)) return false;
        count += 1;
        return true;
      },
    });
    const see = (next: IteratorResult<EngineChunk, undefined>): typeof next => {
      if (next.done || next.value.type !== 'done') {
        if (!next.done && next.value.type !== 'logprobs') count += 1;
        return next;
      }
      this.#loads.noteAnswer(model.name, contextLength);
      const usage = this.#usageOf(next.value.usage, request, model, count);
      return { done: false, value: { ...next.value, usage } };
    };
    const fail = async (error: unknown): Promise<never> => {
      signal.throwIfAborted();
      this.#log(`engine: Ollama at ${this.#address.host} failed: ${reasonOf(error)}`);
      throw await this.#failureOf(error, stream.hasBegun, request, model, contextLength);
    };
    return {
      next: () => stream.next().then(see, fail),
      close: () => stream.close().finally(release),
    };
  }

  /** Estimates counts that Ollama leaves out, and corrects later estimates by those that it reports. */
  #usageOf(
    usage: EngineUsage,
    { messages }: EngineRequest,
    { name }: OllamaModel,
    chunks: number,
  ): EngineUsage {
    const { promptTokens, completionTokens } = usage;
    if (promptTokens > 0) this.#estimates.note(name, messages, promptTokens);
    return {
      ...usage,
      promptTokens: promptTokens > 0 ? promptTokens : this.#estimates.of(name, messages),
      completionTokens: completionTokens > 0 ? completionTokens : chunks,
    };
  }

  #contextOf({ contextLength, trainedContext }: OllamaModel, requested: number | undefined): number | null {
    return contextFor(contextLength, requested, this.#contextLimit, trainedContext);
  }

  async #failureOf(
    error: unknown,
    hasBegun: boolean,
    request: EngineRequest,
    model: OllamaModel,
    contextLength: number | null,
  ): Promise<Error> {
    if (error instanceof OllamaError && error.isPromptTooLong && contextLength !== null) {
      this.#estimates.noteExceeded(model.name, request.messages, contextLength);
      const tokens = Math.max(this.#estimates.of(model.name, request.messages), contextLength + 1);
      return promptTooLarge(tokens, contextLength);
    }
    if (error instanceof OllamaError && (error.isUnknownModel || error.isDenied)) {
      return this.#deniedOrUnknown(error, request.model);
    }
    return failureOf(error, this.#address.host, hasBegun);
  }

  /** Converts an error that isn't a fault of Ollama, but of access to one of its models. */
  async #deniedOrUnknown(error: OllamaError, name: string): Promise<Failure> {
    if (error.isDenied) return signInNeeded(name, this.#address.host);
    const left = await this.models().catch(() => []);
    return modelNotFound(
      name,
      left.map((model) => model.name),
    );
  }

  async #findModel(name: string, signal?: AbortSignal): Promise<OllamaModel> {
    const cached = this.#catalog.cached(name);
    // Without the timer of a request.
    if (cached !== undefined) return cached;
    try {
      return await this.#catalog.find(name, this.#withTimeout(signal));
    } catch (error) {
      signal?.throwIfAborted();
      throw listFailureOf(error, this.#address.host);
    }
  }

  #withTimeout(signal?: AbortSignal): AbortSignal {
    const limits = [this.#closing.signal, AbortSignal.timeout(metadataTimeoutMs)];
    return AbortSignal.any(signal === undefined ? limits : [signal, ...limits]);
  }
}
