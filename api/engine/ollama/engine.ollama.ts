import { reasonOf } from '../../errors/causes.ts';
import {
  badInput,
  engineTimeout,
  engineUnavailable,
  type Failure,
  modelNotFound,
  promptTooLarge,
} from '../../errors/failures.ts';
import type {
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  ModelLocation,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { estimateTokens } from '../estimate.ts';
import { silenceMessage } from '../messages.ts';
import { SlotPool } from '../slotPool.ts';
import { openedStream, type Source, stoppable } from '../stream.ts';
import { OllamaCatalog } from './catalog.ollama.ts';
import { requestOf } from './chat.ollama.ts';
import { type ChatConnections, ChatStream, createChatConnections } from './chatStream.ollama.ts';
import { failureOf, listFailureOf, OllamaError } from './failure.ollama.ts';
import { healthOf } from './health.ollama.ts';
import { type OllamaAddress, ollamaClient, parseAddress } from './http.ollama.ts';
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
  /** How long Ollama may be silent, in ms: before the first token, including the load of the model, and between two. */
  readonly timeoutMs: number;
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

class OllamaEngine implements Engine {
  readonly slots: number;
  readonly #address: OllamaAddress;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;
  readonly #log: (message: string) => void;
  readonly #catalog: OllamaCatalog;
  readonly #slotPool: SlotPool<number>;
  readonly #connections: ChatConnections;
  readonly #closing = new AbortController();

  constructor(options: OllamaEngineOptions) {
    const { url, timeoutMs, slots, contextCap = defaultContextCap, fetch: fetching = fetch } = options;
    this.slots = slots;
    this.#address = parseAddress(url);
    this.#timeoutMs = timeoutMs;
    this.#fetch = fetching;
    this.#log = options.log ?? (() => undefined);
    this.#catalog = new OllamaCatalog(this.#address, contextCap, fetching);
    this.#connections = createChatConnections(this.#address);
    this.#slotPool = new SlotPool(Array.from({ length: slots }, (_, index) => index));
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

  async measure(name: string, messages: readonly EngineMessage[], signal?: AbortSignal): Promise<PromptSize> {
    const { contextLength } = await this.#findModel(name, signal);
    return { tokens: estimateTokens(messages), exact: false, limit: contextLength };
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    return openedStream([signal, this.#closing.signal], (either) => this.#open(request, either));
  }

  pull({ name }: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep> {
    return stoppable([signal, this.#closing.signal], (either) =>
      pullFromOllama(
        { address: this.#address, fetch: this.#fetch, silenceMs: this.#timeoutMs },
        name,
        either,
      ),
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

  async #open(request: EngineRequest, signal: AbortSignal): Promise<Source<EngineChunk>> {
    signal.throwIfAborted();
    const slot = await this.#slotPool.acquire(signal);
    try {
      const model = await this.#findModel(request.model, signal);
      if (request.messages.length === 0) throw badInput('messages', 'There is no message to answer.');
      const last = request.messages.at(-1);
      if (last?.role === 'assistant' && last.content !== '' && !model.canContinue) {
        throw badInput('messages', `${model.name} can't continue a partial assistant message.`);
      }
      signal.throwIfAborted();
      return this.#chat(request, model, signal, () => this.#slotPool.release(slot));
    } catch (error) {
      this.#slotPool.release(slot);
      throw error;
    }
  }

  #chat(
    request: EngineRequest,
    model: EngineModel,
    signal: AbortSignal,
    release: () => void,
  ): Source<EngineChunk> {
    const stream = new ChatStream({
      address: this.#address,
      connections: this.#connections,
      body: JSON.stringify(requestOf(request, model.contextLength)),
      signal,
      timeoutMs: this.#timeoutMs,
      onTimeout: () => this.#silenceFailure(),
    });
    const fail = async (error: unknown): Promise<never> => {
      signal.throwIfAborted();
      this.#log(`engine: Ollama at ${this.#address.host} failed: ${reasonOf(error)}`);
      throw await this.#failureOf(error, stream.hasBegun, request, model);
    };
    return {
      next: () => stream.next().catch(fail),
      close: () => stream.close().finally(release),
    };
  }

  async #failureOf(
    error: unknown,
    hasBegun: boolean,
    request: EngineRequest,
    model: EngineModel,
  ): Promise<Error> {
    if (error instanceof OllamaError && error.isPromptTooLong && model.contextLength !== null) {
      const tokens = Math.max(estimateTokens(request.messages), model.contextLength + 1);
      return promptTooLarge(tokens, model.contextLength);
    }
    if (error instanceof OllamaError && error.isUnknownModel) {
      const left = await this.models().catch(() => []);
      return modelNotFound(
        request.model,
        left.map(({ name }) => name),
      );
    }
    return failureOf(error, this.#address.host, hasBegun);
  }

  async #findModel(name: string, signal?: AbortSignal): Promise<EngineModel> {
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

  #silenceFailure(): Failure {
    const seconds = this.#timeoutMs / 1_000;
    const operatorMessage = `Ollama at ${this.#address.host} was silent for ${seconds} s.`;
    return engineTimeout(silenceMessage(seconds), { operatorMessage });
  }
}
