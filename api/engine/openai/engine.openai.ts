import { reasonOf } from '../../errors/causes.ts';
import {
  badInput,
  engineUnavailable,
  Failure,
  modelNotFound,
  promptTooLarge,
} from '../../errors/failures.ts';
import type {
  Embeddings,
  EmbedRequest,
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { estimateTextTokens } from '../estimate.ts';
import { type EngineLimits, limitOf, limitsOf, type Phase, phaseTimeout } from '../limits.ts';
import { SlotPool } from '../slotPool.ts';
import { openedStream, type Source, stoppable } from '../stream.ts';
import { TokenEstimates } from '../tokenEstimates.ts';
import { engineFetch } from '../transport/engineFetch.ts';
import { type AnswerEnd, type AnswerPart, partsOf } from './answer.openai.ts';
import { OpenAICatalog, type OpenAIModel } from './catalog.openai.ts';
import { withoutEcho } from './echo.openai.ts';
import { embedWithOpenAI } from './embed.openai.ts';
import { failureOf, listFailureOf, OpenAIError } from './failure.openai.ts';
import { healthOf } from './health.openai.ts';
import { eventsOf, type OpenAIServer, requestOpenAI } from './http.openai.ts';
import { requestOf } from './request.openai.ts';
import { SilenceTimer } from './silence.openai.ts';

/** The timeout of requests that only read metadata, in ms. */
const metadataTimeoutMs = 5_000;

export interface OpenAIEngineOptions {
  /** The address of the API: `http://host:8000/v1`. */
  readonly url: string;
  readonly apiKey?: string | null;
  /** How long the server may be silent, in ms; `limits` overrides it for single phases. */
  readonly timeoutMs: number;
  readonly limits?: Partial<EngineLimits>;
  /** Maximum requests that run at once. */
  readonly slots: number;
  readonly fetch?: typeof fetch;
  readonly log?: (message: string) => void;
}

/** Creates an engine on one OpenAI-compatible server, such as vLLM, SGLang, llama.cpp's server or LM Studio. */
export const createOpenAIEngine = (options: OpenAIEngineOptions): Engine => new OpenAIEngine(options);

class OpenAIEngine implements Engine {
  readonly slots: number;
  readonly #server: OpenAIServer;
  readonly #limits: EngineLimits;
  readonly #log: (message: string) => void;
  readonly #catalog: OpenAICatalog;
  readonly #estimates = new TokenEstimates();
  readonly #slotPool: SlotPool<number>;
  readonly #embedSlots: SlotPool<number>;
  readonly #closing = new AbortController();
  /** Models that have answered: they need not be loaded, as far as is known. Bounded by the list of models. */
  readonly #answered = new Set<string>();
  /** False once the server has rejected `json_schema`. */
  #hasSchema = true;

  constructor(options: OpenAIEngineOptions) {
    const { url, apiKey = null, timeoutMs, slots, fetch: fetching = engineFetch } = options;
    this.slots = slots;
    this.#server = { url: url.replace(/\/+$/, ''), apiKey, fetch: fetching };
    this.#limits = limitsOf(timeoutMs, options.limits);
    this.#log = options.log ?? (() => undefined);
    this.#catalog = new OpenAICatalog(this.#server);
    const slotNumbers = Array.from({ length: slots }, (_, index) => index);
    this.#slotPool = new SlotPool(slotNumbers);
    this.#embedSlots = new SlotPool(slotNumbers);
  }

  health(): Promise<EngineHealth> {
    return healthOf(this.#server, this.#closing.signal);
  }

  async models(signal?: AbortSignal): Promise<readonly EngineModel[]> {
    try {
      const models = await this.#catalog.list(this.#withTimeout(signal));
      for (const name of this.#answered)
        if (!models.some((one) => one.name === name)) this.#answered.delete(name);
      return models.map(({ server: _server, ...model }) => model);
    } catch (error) {
      signal?.throwIfAborted();
      throw listFailureOf(error, this.#server.url);
    }
  }

  async measure(name: string, messages: readonly EngineMessage[], signal?: AbortSignal): Promise<PromptSize> {
    const { contextLength } = await this.#findModel(name, signal);
    return { tokens: this.#estimates.of(name, messages), exact: false, limit: contextLength };
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    return openedStream([signal, this.#closing.signal], (either) => this.#open(request, either));
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const slot = await this.#embedSlots.acquire(either);
    const limitMs = limitOf('loading', this.#limits);
    const timeout = AbortSignal.timeout(limitMs);
    try {
      const { contextLength } = await this.#findModel(request.model, either);
      const limited = AbortSignal.any([either, timeout]);
      return await embedWithOpenAI(this.#server, request, contextLength, limited);
    } catch (error) {
      either.throwIfAborted();
      if (timeout.aborted) throw phaseTimeout('loading', limitMs, this.#title);
      throw await this.#failureOf(
        error,
        false,
        request.model,
        Math.max(...request.input.map(estimateTextTokens)),
      );
    } finally {
      this.#embedSlots.release(slot);
    }
  }

  pull(): AsyncIterable<PullStep> {
    return stoppable([this.#closing.signal], rejectPull);
  }

  async remove(): Promise<void> {
    throw modelsElsewhere();
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The connection to the engine is closed.'));
  }

  get #title(): string {
    return `The engine at ${this.#server.url}`;
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
      return this.#chat(request, model, signal, () => this.#slotPool.release(slot));
    } catch (error) {
      this.#slotPool.release(slot);
      throw error;
    }
  }

  #chat(
    request: EngineRequest,
    model: OpenAIModel,
    signal: AbortSignal,
    release: () => void,
  ): Source<EngineChunk> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const silence = new SilenceTimer(this.#answered.has(model.name) ? 'first token' : 'loading', (phase) => {
      stop.abort(this.#timeout(phase, limitOf(phase, this.#limits)));
    });
    const startedAt = performance.now();
    let firstAt: number | null = null;
    let count = 0;
    let isDone = false;
    let parts: AsyncGenerator<AnswerPart, AnswerEnd, undefined> | null = null;
    const limitMs = (phase: Phase) => limitOf(phase, this.#limits);

    const doneOf = ({ finish, promptTokens, completionTokens }: AnswerEnd): EngineChunk => {
      this.#answered.add(model.name);
      isDone = true;
      if (promptTokens !== null) this.#estimates.note(model.name, request.messages, promptTokens);
      const endedAt = performance.now();
      const begunAt = firstAt ?? endedAt;
      return {
        type: 'done',
        finish,
        usage: {
          promptTokens: promptTokens ?? this.#estimates.of(model.name, request.messages),
          completionTokens: completionTokens ?? count,
          loadMs: 0,
          promptMs: begunAt - startedAt,
          completionMs: Math.max(endedAt - begunAt, Number.EPSILON),
          totalMs: endedAt - startedAt,
        },
      };
    };

    const read = async (): Promise<IteratorResult<EngineChunk, void>> => {
      if (isDone) return { done: true, value: undefined };
      for (;;) {
        silence.wait(limitMs);
        if (parts === null) {
          const last = request.messages.at(-1);
          const partial = last?.role === 'assistant' && model.server === 'llamacpp' ? last.content : '';
          parts = withoutEcho(partsOf(eventsOf(await this.#begin(request, model, either))), partial);
        }
        const next = await parts.next();
        firstAt ??= performance.now();
        if (next.done) return { done: false, value: doneOf(next.value) };
        const isWritingCall = next.value.type === 'pending' || (request.tools?.length ?? 0) > 0;
        silence.phase = isWritingCall ? 'tool call' : 'tokens';
        if (next.value.type !== 'logprobs') count += 1;
        if (next.value.type !== 'pending') return { done: false, value: next.value };
      }
    };

    const fail = async (error: unknown): Promise<never> => {
      either.throwIfAborted();
      this.#log(`engine: ${this.#server.url} failed: ${reasonOf(error)}`);
      const tokens = this.#estimates.of(model.name, request.messages);
      const failure = await this.#failureOf(error, firstAt !== null, model.name, tokens);
      const limit =
        failure instanceof Failure && failure.code === 'PROMPT_TOO_LARGE' && failure.details.limit;
      if (typeof limit === 'number') this.#estimates.noteExceeded(model.name, request.messages, limit);
      throw failure;
    };

    return {
      next: () => read().catch(fail).finally(silence.pause),
      async close() {
        silence.end();
        // Closes the connection, so that the server stops computing.
        if (!isDone) stop.abort();
        release();
      },
    };
  }

  /** Sends the request; once more with the schema in another place if the server doesn't know `json_schema`. */
  async #begin(request: EngineRequest, model: OpenAIModel, signal: AbortSignal): Promise<Response> {
    const send = () =>
      requestOpenAI(
        this.#server,
        '/chat/completions',
        signal,
        requestOf(request, model.server, this.#hasSchema),
      );
    try {
      return await send();
    } catch (error) {
      const hasFormat = request.format !== undefined && request.format !== 'json';
      if (!(error instanceof OpenAIError && error.isUnknownFormat) || !hasFormat || !this.#hasSchema)
        throw error;
      this.#hasSchema = false;
      return send();
    }
  }

  async #failureOf(error: unknown, hasBegun: boolean, name: string, tokens: number): Promise<Error> {
    if (error instanceof OpenAIError && error.isPromptTooLong) {
      const limit =
        error.contextLength ?? (await this.#findModel(name).catch(() => null))?.contextLength ?? null;
      if (limit !== null) {
        this.#catalog.noteContext(name, limit);
        return promptTooLarge(Math.max(tokens, limit + 1), limit);
      }
    }
    if (error instanceof OpenAIError && error.isUnknownModel) {
      const left = await this.models().catch(() => []);
      return modelNotFound(
        name,
        left.map((model) => model.name),
      );
    }
    return failureOf(error, this.#server.url, hasBegun);
  }

  async #findModel(name: string, signal?: AbortSignal): Promise<OpenAIModel> {
    try {
      return await this.#catalog.find(name, this.#withTimeout(signal));
    } catch (error) {
      signal?.throwIfAborted();
      throw listFailureOf(error, this.#server.url);
    }
  }

  #withTimeout(signal?: AbortSignal): AbortSignal {
    const limits = [this.#closing.signal, AbortSignal.timeout(metadataTimeoutMs)];
    return AbortSignal.any(signal === undefined ? limits : [signal, ...limits]);
  }

  #timeout(phase: Phase, ms: number): Failure {
    const failure = phaseTimeout(phase, ms, this.#title);
    this.#log(`engine: ${failure.operatorMessage}`);
    return failure;
  }
}

const modelsElsewhere = () =>
  badInput(
    'model',
    'The models of this engine are managed on its server, not here. Only Ollama can pull and delete them.',
  );

// biome-ignore lint/correctness/useYield: it always throws.
async function* rejectPull(): AsyncGenerator<PullStep, void, undefined> {
  throw modelsElsewhere();
}
