import { reasonOf } from '../../errors/causes.ts';
import { engineTimeout, Failure, type FailureCode } from '../../errors/failures.ts';
import type { Engine, EngineChunk, EngineModel, EngineRequest } from '../engine.ts';
import { noAnswer, silentFor } from '../messages.ts';
import { Circuit } from './circuit.ts';
import type { PoolTimes } from './times.ts';

export interface PoolBackendOptions {
  /** Its address, without name and password. */
  readonly name: string;
  readonly engine: Engine;
  readonly times: PoolTimes;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  readonly log: (message: string) => void;
  /** Told when it came to answer, or to answer no more. */
  readonly onChange: () => void;
}

/** An answer that is being read. */
interface Run {
  readonly stop: AbortController;
  /** Since when the next chunk is awaited; null while none is. */
  silentSince: number | null;
}

/** Silent probes in a row that mean it hangs, and answers in a row that fail until others are preferred. */
const thresholds = { silences: 2, answers: 3 };

/** What speaks against the backend, and not against the request. */
const faults: ReadonlySet<FailureCode> = new Set(['ENGINE_UNAVAILABLE', 'ENGINE_TIMEOUT', 'ENGINE_FAILED']);

/** One engine of a pool: whether it answers, what it has, and what runs there. */
export class PoolBackend {
  readonly name: string;
  readonly engine: Engine;
  readonly #options: PoolBackendOptions;
  /** Fed by probes. */
  readonly #reach: Circuit;
  /** Fed by answers, one for each model: a model that doesn't fit into memory says nothing against the others. */
  readonly #answers = new Map<string, Circuit>();
  readonly #runs = new Set<Run>();
  readonly #closing = new AbortController();
  #models: ReadonlyMap<string, EngineModel> = new Map();
  #wasReachable = false;
  #probing: Promise<void> | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: PoolBackendOptions) {
    this.name = options.name;
    this.engine = options.engine;
    this.#options = options;
    this.#reach = this.#circuit(thresholds.silences);
  }

  get isReachable(): boolean {
    return this.#wasReachable;
  }

  /** Whether it left the last probe unanswered: others are better just now. */
  get isDoubtful(): boolean {
    return this.#reach.failures > 0;
  }

  /** As it said last. */
  get models(): readonly EngineModel[] {
    return [...this.#models.values()];
  }

  /** A name without a tag means `latest`, by Ollama's own rule. */
  find(model: string): EngineModel | undefined {
    return this.#models.get(model) ?? this.#models.get(`${model}:latest`);
  }

  /** Whether `model` failed here lately. */
  isFailing(model: string): boolean {
    return this.#answers.get(model)?.state === 'open';
  }

  /** Asks it for its models, now. Never rejects. */
  probe(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
      this.#probeWithin(this.#pauseMs());
    });
    return this.#probing;
  }

  /**
   * The answer to `request`. Throws what the engine throws; `ENGINE_TIMEOUT` also where nothing came within
   * `firstChunkMs`, or nothing comes and probes are left unanswered too.
   */
  async *answer(
    request: EngineRequest,
    signal: AbortSignal,
    firstChunkMs: number | null,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    const run: Run = { stop: new AbortController(), silentSince: null };
    const circuit = this.#answersOf(request.model);
    circuit.attempt();
    const slow = () =>
      run.stop.abort(
        engineTimeout(silentFor((firstChunkMs ?? 0) / 1000), {
          operatorMessage: `${this.#who} was silent for ${(firstChunkMs ?? 0) / 1000} s.`,
        }),
      );
    const timer = firstChunkMs === null ? undefined : setTimeout(slow, firstChunkMs);
    const either = AbortSignal.any([signal, run.stop.signal]);
    const chunks = this.engine.generate(request, either)[Symbol.asyncIterator]();
    this.#runs.add(run);
    this.#probeWithin(this.#options.times.watchMs);
    try {
      for (;;) {
        run.silentSince = this.#options.clock();
        const next = await chunks.next();
        run.silentSince = null;
        clearTimeout(timer);
        if (next.done) return;
        if (this.#reach.state === 'closed') this.#reach.succeeded();
        if (next.value.type === 'done') this.#succeeded(request.model, circuit);
        yield next.value;
      }
    } catch (error) {
      if (!signal.aborted && error instanceof Failure) this.#failed(error, circuit);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#runs.delete(run);
      await chunks.return?.();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.engine.close();
  }

  get #who(): string {
    return `Ollama at ${this.name}`;
  }

  async #probe(): Promise<void> {
    const { probeLimitMs } = this.#options.times;
    const { signal } = this.#closing;
    this.#reach.attempt();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(probeLimitMs)]);
      const models = await this.engine.models(limit);
      this.#models = new Map(models.map((model) => [model.name, model]));
      for (const model of this.#answers.keys()) if (!this.find(model)) this.#answers.delete(model);
      this.#reach.succeeded();
      this.#changed(null);
    } catch (error) {
      if (signal.aborted) return;
      // One that refuses is away. One that is silent may only be busy.
      this.#reach.failed(error instanceof Failure);
      this.#changed(error);
      if (!this.#wasReachable) this.#abandon();
    } finally {
      this.#probedAt = this.#options.clock();
    }
  }

  /** Ends what waits in vain for longer than a probe did. */
  #abandon(): void {
    const { probeLimitMs } = this.#options.times;
    for (const { stop, silentSince } of this.#runs) {
      if (silentSince === null || this.#options.clock() - silentSince < probeLimitMs) continue;
      stop.abort(engineTimeout(noAnswer, { operatorMessage: `${this.#who} has stopped answering.` }));
    }
  }

  #changed(error: unknown): void {
    const isReachable = this.#reach.state === 'closed' && (this.#wasReachable || error === null);
    if (isReachable === this.#wasReachable) return;
    this.#wasReachable = isReachable;
    // What failed before it went away may have been the same trouble.
    this.#answers.clear();
    this.#options.log(
      isReachable ? `${this.#who} answers.` : `${this.#who} doesn't answer: ${reasonOf(error)}`,
    );
    this.#options.onChange();
  }

  #succeeded(model: string, circuit: Circuit): void {
    circuit.succeeded();
    const known = this.find(model);
    if (known && !known.loaded)
      this.#models = new Map(this.#models).set(known.name, { ...known, loaded: true });
  }

  #failed({ code }: Failure, circuit: Circuit): void {
    if (faults.has(code)) circuit.failed();
    // A prompt that is too long tells nothing of the backend; for the rest, a probe tells what it means.
    if (faults.has(code) || code === 'MODEL_NOT_FOUND') void this.probe();
  }

  #answersOf(model: string): Circuit {
    const circuit = this.#answers.get(model) ?? this.#circuit(thresholds.answers);
    this.#answers.set(model, circuit);
    return circuit;
  }

  #circuit(threshold: number): Circuit {
    const { times, clock } = this.#options;
    return new Circuit({ threshold, clock, ...times });
  }

  #pauseMs(): number {
    const { probeMs, watchMs } = this.#options.times;
    if (this.#reach.state !== 'closed') return this.#reach.retryInMs;
    if (this.isDoubtful) return 0;
    // By chance, so that replicas don't all ask in the same moment.
    const usual = probeMs * (0.75 + Math.random() / 2);
    return this.#runs.size > 0 ? Math.min(usual, watchMs) : usual;
  }

  /** Looks after so many milliseconds whether a probe is due; sooner where that was said before. */
  #probeWithin(ms: number): void {
    const at = this.#options.clock() + ms;
    if (this.#closing.signal.aborted || this.#probing || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (this.#isDue()) void this.probe();
      else this.#probeWithin(this.#pauseMs());
    }, ms).unref();
  }

  /** While answers stream, no one needs to ask whether it is there. */
  #isDue(): boolean {
    const { clock, times } = this.#options;
    if (this.#reach.state !== 'closed' || this.isDoubtful) return true;
    const now = clock();
    if (now - this.#probedAt >= times.probeMs * 0.75) return true;
    return [...this.#runs].some(
      ({ silentSince }) => silentSince !== null && now - silentSince >= times.watchMs / 2,
    );
  }
}
