import { reasonOf } from '../../errors/causes.ts';
import { engineTimeout, Failure, type FailureCode } from '../../errors/failures.ts';
import type {
  AcceptChunk,
  Embeddings,
  EmbedRequest,
  Engine,
  EngineChunk,
  EngineModel,
  EngineRequest,
} from '../engine.ts';
import { silenceMessage, unreachableMessage } from '../messages.ts';
import type { Source } from '../stream.ts';
import { Circuit } from './circuit.ts';
import type { PoolTimes } from './times.ts';

/** `Ollama`, or `The engine` for an OpenAI-compatible server; used in messages to operators. */
export type BackendKind = 'Ollama' | 'The engine';

export interface PoolBackendOptions {
  /** Its address, without credentials. */
  readonly name: string;
  readonly engine: Engine;
  readonly kind: BackendKind;
  readonly times: PoolTimes;
  /** A monotonic clock, in ms. */
  readonly clock: () => number;
  readonly log: (message: string) => void;
  /** Called when the backend becomes reachable or unreachable. */
  readonly onChange: () => void;
}

/** A request whose answer is being read. */
interface Run {
  readonly stop: AbortController;
  /** When the read of the next chunk began; null between two reads. */
  silentSince: number | null;
}

/** Consecutive probe timeouts that make a backend unreachable, and failed answers of a model that make it failing. */
const thresholds = { probes: 2, answers: 3 };

/** Failures of the backend rather than of the request. */
const backendFailures: ReadonlySet<FailureCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_FAILED',
]);

/** One engine of a pool: tracks whether it is reachable, its models, and its running requests. */
export class PoolBackend {
  readonly name: string;
  readonly engine: Engine;
  readonly kind: BackendKind;
  readonly #options: PoolBackendOptions;
  /** The outcomes of probes. */
  readonly #reachability: Circuit;
  /** The outcomes of answers, per model: a model that doesn't fit into memory says nothing about the others. */
  readonly #answers = new Map<string, Circuit>();
  readonly #runs = new Set<Run>();
  readonly #closing = new AbortController();
  #embedding = 0;
  #models: ReadonlyMap<string, EngineModel> = new Map();
  #isReachable = false;
  #probing: Promise<void> | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: PoolBackendOptions) {
    this.name = options.name;
    this.engine = options.engine;
    this.kind = options.kind;
    this.#options = options;
    this.#reachability = this.#createCircuit(thresholds.probes);
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Whether the last probe failed, so that other backends are preferred. */
  get isSuspect(): boolean {
    return this.#reachability.failures > 0;
  }

  /** The requests for embeddings of this process that it computes or queues now. */
  get embedding(): number {
    return this.#embedding;
  }

  /** The models that it listed last. */
  get models(): readonly EngineModel[] {
    return [...this.#models.values()];
  }

  /**
   * Finds a model by name. A name without a tag means `latest`, as in Ollama; OpenAI-compatible servers list names without
   * tags.
   */
  find(model: string): EngineModel | undefined {
    return this.#models.get(model) ?? this.#models.get(withTag(model)) ?? this.#models.get(withoutTag(model));
  }

  /** Whether `model` failed here recently. */
  isFailing(model: string): boolean {
    return this.#answers.get(model)?.state === 'open';
  }

  /** Lists its models now, unless a probe is in flight. Never rejects. */
  probe(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
      this.#scheduleProbe(this.#pauseMs());
    });
    return this.#probing;
  }

  /**
   * Generates the answer to `request`. Rejects with what the engine throws, and with `ENGINE_TIMEOUT` if the first chunk
   * takes longer than `firstChunkMs`, or if both the chunks and the probes stop. `accept` takes no first chunk.
   */
  answer(
    request: EngineRequest,
    signal: AbortSignal,
    firstChunkMs: number | null,
    accept: AcceptChunk,
  ): Source<EngineChunk> {
    const run: Run = { stop: new AbortController(), silentSince: null };
    const circuit = this.#circuitOf(request.model);
    circuit.attempt();
    const abortSlow = () =>
      run.stop.abort(
        engineTimeout(silenceMessage((firstChunkMs ?? 0) / 1000), {
          operatorMessage: `${this.#title} was silent for ${(firstChunkMs ?? 0) / 1000} s.`,
        }),
      );
    let timer = firstChunkMs === null ? undefined : setTimeout(abortSlow, firstChunkMs);
    const stopTimer = () => {
      if (timer !== undefined) clearTimeout(timer);
      timer = undefined;
    };
    const either = AbortSignal.any([signal, run.stop.signal]);
    const acceptNoting: AcceptChunk = (chunk) => {
      if (!accept(chunk)) return false;
      run.silentSince = this.#options.clock();
      if (this.#reachability.state === 'closed') this.#reachability.recordSuccess();
      return true;
    };
    const stream = this.engine.generate(this.#own(request), either, acceptNoting);
    const chunks = stream[Symbol.asyncIterator]();
    this.#runs.add(run);
    this.#scheduleProbe(this.#options.times.watchMs);

    const take = (next: IteratorResult<EngineChunk, void>) => {
      run.silentSince = null;
      stopTimer();
      if (next.done) return next;
      if (this.#reachability.state === 'closed') this.#reachability.recordSuccess();
      if (next.value.type === 'done') this.#noteSuccess(request.model, circuit);
      return next;
    };
    const fail = (error: unknown): never => {
      if (!signal.aborted && error instanceof Failure) this.#noteFailure(error, circuit);
      throw error;
    };
    return {
      next: () => {
        run.silentSince = this.#options.clock();
        return chunks.next().then(take, fail);
      },
      close: async () => {
        stopTimer();
        this.#runs.delete(run);
        await chunks.return?.();
      },
    };
  }

  /** Computes embeddings. Throws what the engine throws. */
  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const circuit = this.#circuitOf(request.model);
    circuit.attempt();
    this.#embedding += 1;
    try {
      const embeddings = await this.engine.embed(this.#own(request), signal);
      this.#noteSuccess(request.model, circuit);
      return embeddings;
    } catch (error) {
      if (!signal.aborted && error instanceof Failure) this.#noteFailure(error, circuit);
      throw error;
    } finally {
      this.#embedding -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.engine.close();
  }

  /** Returns the request with the name under which this backend has the model. */
  #own<Request extends { readonly model: string }>(request: Request): Request {
    const name = this.find(request.model)?.name ?? request.model;
    return name === request.model ? request : { ...request, model: name };
  }

  get #title(): string {
    return `${this.kind} at ${this.name}`;
  }

  async #probe(): Promise<void> {
    const { probeLimitMs } = this.#options.times;
    const { signal } = this.#closing;
    this.#reachability.attempt();
    try {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(probeLimitMs)]);
      const models = await this.engine.models(timeout);
      this.#models = new Map(models.map((model) => [model.name, model]));
      for (const model of this.#answers.keys()) if (!this.find(model)) this.#answers.delete(model);
      this.#reachability.recordSuccess();
      this.#updateReachability(null);
    } catch (error) {
      if (signal.aborted) return;
      // A refused connection is certain. A silent backend may only be busy.
      this.#reachability.recordFailure(error instanceof Failure);
      this.#updateReachability(error);
      if (!this.#isReachable) this.#abortSilentRuns();
    } finally {
      this.#probedAt = this.#options.clock();
    }
  }

  /** Aborts the requests that have been silent for longer than a probe may be. */
  #abortSilentRuns(): void {
    const { probeLimitMs } = this.#options.times;
    for (const { stop, silentSince } of this.#runs) {
      if (silentSince === null || this.#options.clock() - silentSince < probeLimitMs) continue;
      stop.abort(
        engineTimeout(unreachableMessage, { operatorMessage: `${this.#title} has stopped answering.` }),
      );
    }
  }

  /** Updates `isReachable` after a probe; `error` is null if it succeeded. */
  #updateReachability(error: unknown): void {
    const isReachable = this.#reachability.state === 'closed' && (this.#isReachable || error === null);
    if (isReachable === this.#isReachable) return;
    this.#isReachable = isReachable;
    // Earlier failures of models may have had the same cause.
    this.#answers.clear();
    this.#options.log(
      isReachable
        ? `engine: ${this.#title} is reachable`
        : `engine: ${this.#title} is unreachable: ${reasonOf(error)}`,
    );
    this.#options.onChange();
  }

  #noteSuccess(model: string, circuit: Circuit): void {
    circuit.recordSuccess();
    const known = this.find(model);
    if (known && !known.loaded)
      this.#models = new Map(this.#models).set(known.name, { ...known, loaded: true });
  }

  #noteFailure({ code }: Failure, circuit: Circuit): void {
    if (backendFailures.has(code)) circuit.recordFailure();
    // A probe finds out whether the backend is down or has lost the model. Other failures are the request's own.
    if (backendFailures.has(code) || code === 'MODEL_NOT_FOUND') void this.probe();
  }

  #circuitOf(model: string): Circuit {
    const circuit = this.#answers.get(model) ?? this.#createCircuit(thresholds.answers);
    this.#answers.set(model, circuit);
    return circuit;
  }

  #createCircuit(threshold: number): Circuit {
    const { times, clock } = this.#options;
    return new Circuit({ threshold, clock, ...times });
  }

  /** The pause until the next probe may be due, in ms. */
  #pauseMs(): number {
    const { probeMs, watchMs } = this.#options.times;
    if (this.#reachability.state !== 'closed') return this.#reachability.retryInMs;
    if (this.isSuspect) return 0;
    // Jitter keeps replicas from probing in step.
    const usualMs = probeMs * (0.75 + Math.random() / 2);
    return this.#runs.size > 0 ? Math.min(usualMs, watchMs) : usualMs;
  }

  /** Probes in `ms` if a probe is due then. An earlier schedule is kept. */
  #scheduleProbe(ms: number): void {
    const at = this.#options.clock() + ms;
    if (this.#closing.signal.aborted || this.#probing || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (this.#isDue()) void this.probe();
      else this.#scheduleProbe(this.#pauseMs());
    }, ms).unref();
  }

  /** Streaming answers prove that the backend is reachable, so no probe is due while one runs. */
  #isDue(): boolean {
    const { clock, times } = this.#options;
    if (this.#reachability.state !== 'closed' || this.isSuspect) return true;
    const now = clock();
    if (now - this.#probedAt >= times.probeMs * 0.75) return true;
    return [...this.#runs].some(
      ({ silentSince }) => silentSince !== null && now - silentSince >= times.watchMs / 2,
    );
  }
}

const withTag = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

const withoutTag = (name: string): string => name.replace(/:latest$/, '');
