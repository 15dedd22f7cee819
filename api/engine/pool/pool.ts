import { reasonOf } from '../../errors/causes.ts';
import { badInput, engineUnavailable, Failure } from '../../errors/failures.ts';
import { orAborted } from '../../process/orAborted.ts';
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
  ModelLocation,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { estimateTokens } from '../estimate.ts';
import { unreachableMessage } from '../messages.ts';
import { openedStream, type Source, stoppable } from '../stream.ts';
import { type BackendKind, PoolBackend } from './backend.ts';
import type { BackendSlots } from './backendSlots.ts';
import { canFailOver, modelUnavailable, rankBackends } from './choice.ts';
import { healthOf, kindOf, namesOf } from './health.ts';
import { unionOf } from './models.ts';
import { pullFromAll } from './pulls.ts';
import { defaultTimes, type PoolTimes } from './times.ts';
import { SlotWaiters } from './waiting.ts';

export interface EnginePoolOptions {
  /** At least one. Each `url` has no credentials and is the same on all replicas. */
  readonly backends: readonly {
    readonly url: string;
    readonly engine: Engine;
    /** Default `Ollama`. Only an Ollama fetches and deletes models. */
    readonly kind?: BackendKind;
  }[];
  /** Maximum requests that run at once at one backend; best the same as its `OLLAMA_NUM_PARALLEL`. */
  readonly slotsPerBackend: number;
  /** Counts the requests at each backend, over all replicas that share it. Closed by the caller. */
  readonly backendSlots: BackendSlots;
  readonly times?: Partial<PoolTimes>;
  /** A monotonic clock, in ms. */
  readonly clock?: () => number;
  readonly log?: (message: string) => void;
}

export interface EnginePool extends Engine {
  /** Resolves within seconds, when each backend has been probed once. */
  ready(): Promise<void>;
}

/**
 * Creates one engine from several backends. A request goes to a backend that has the model loaded, and of those to the one
 * with the fewest running requests. If it fails before the first token, the pool retries it at another backend. A backend
 * that refuses connections is taken out at once, a silent one within about seven seconds; both are probed until they answer.
 */
export const createEnginePool = (options: EnginePoolOptions): EnginePool => new Pool(options);

class Pool implements EnginePool {
  readonly #backends: readonly PoolBackend[];
  readonly #waiters: SlotWaiters;
  readonly #slotsPerBackend: number;
  readonly #times: PoolTimes;
  readonly #log: (message: string) => void;
  readonly #clock: () => number;
  readonly #closing = new AbortController();
  readonly #ready: Promise<void>;

  constructor(options: EnginePoolOptions) {
    const { backends, slotsPerBackend, backendSlots } = options;
    const { clock = () => performance.now(), log = () => undefined } = options;
    const times = { ...defaultTimes, ...options.times };
    if (backends.length === 0) throw new RangeError('A pool needs at least one backend.');
    this.#slotsPerBackend = slotsPerBackend;
    this.#times = times;
    this.#log = log;
    this.#clock = clock;
    this.#waiters = new SlotWaiters({ backendSlots, slotsPerBackend, times, clock });
    const onChange = () => this.#waiters.wake();
    this.#backends = backends.map(
      ({ url: name, engine, kind = 'Ollama' }) =>
        new PoolBackend({ name, engine, kind, times, clock, log, onChange }),
    );
    this.#ready = this.#probeAll(this.#backends);
  }

  /** The slots of all reachable backends. */
  get slots(): number {
    return this.#reachable.length * this.#slotsPerBackend;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  async health(): Promise<EngineHealth> {
    await this.#ready;
    if (!this.#closing.signal.aborted) return healthOf(this.#backends);
    const message = reasonOf(this.#closing.signal.reason);
    return { kind: kindOf(this.#backends), state: 'unavailable', message, steps: [], progress: null };
  }

  async models(signal: AbortSignal = this.#closing.signal): Promise<readonly EngineModel[]> {
    await this.#whenReady(signal);
    await orAborted(this.#probeAll(this.#reachable), AbortSignal.any([signal, this.#closing.signal]));
    this.#throwIfDown();
    return unionOf(this.#reachable);
  }

  async measure(
    model: string,
    messages: readonly EngineMessage[],
    signal: AbortSignal = this.#closing.signal,
    contextLength?: number,
  ): Promise<PromptSize> {
    await this.#ensureModel(model, signal);
    const failures: unknown[] = [];
    for (const backend of this.#holdersOf(model)) {
      try {
        const { name } = backend.find(model) ?? { name: model };
        return await backend.engine.measure(name, messages, signal, contextLength);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(error);
      }
    }
    throw failures[0];
  }

  generate(request: EngineRequest, signal: AbortSignal, accept?: AcceptChunk): AsyncIterable<EngineChunk> {
    return openedStream([signal, this.#closing.signal], (either) => this.#open(request, either, accept));
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const { model } = request;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    await this.#ensureModel(model, either);
    const failed = new Map<PoolBackend, unknown>();
    for (;;) {
      const [best = []] = this.#candidates(model, failed).filter(({ length }) => length > 0);
      const backend = best.reduce((one, other) => (other.embedding < one.embedding ? other : one));
      try {
        return await backend.embed(request, either);
      } catch (error) {
        if (either.aborted || !canFailOver(error)) throw error;
        this.#log(
          `engine: ${backend.kind} at ${backend.name} failed to compute embeddings: ${reasonOf(error)}`,
        );
        failed.set(backend, error);
      }
    }
  }

  pull({ name, backend }: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep> {
    return stoppable([signal, this.#closing.signal], (either) => this.#pull(name, backend, either));
  }

  async remove({ name, backend }: ModelLocation, signal: AbortSignal): Promise<void> {
    await this.#whenReady(signal);
    const holders = this.#targets(backend).filter((one) => one.find(name));
    if (holders.length === 0) throw this.#modelUnavailable(name);
    await Promise.all(
      holders.map((one) => one.engine.remove({ name: one.find(name)?.name ?? name, backend: null }, signal)),
    );
    await this.#probeAll(holders);
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The connection to the engine is closed.'));
    this.#waiters.close();
    await Promise.all(this.#backends.map((backend) => backend.close()));
  }

  get #reachable(): readonly PoolBackend[] {
    return this.#backends.filter(({ isReachable }) => isReachable);
  }

  async *#pull(
    name: string,
    backend: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<PullStep, void, undefined> {
    await this.#whenReady(signal);
    const pullers = this.#targets(backend);
    yield* pullFromAll(pullers, name, signal);
    await orAborted(this.#probeAll(pullers), signal);
  }

  /** Returns the backend of this name, or for null all reachable ones. Throws `BAD_USER_INPUT`, `ENGINE_UNAVAILABLE`. */
  #targets(backend: string | null): readonly PoolBackend[] {
    this.#throwIfDown();
    const ollamas = this.#backends.filter(({ kind }) => kind === 'Ollama');
    if (ollamas.length === 0) {
      throw badInput('model', 'The models of these engines are managed on their servers, not here.');
    }
    const reachable = ollamas.filter(({ isReachable }) => isReachable);
    if (backend === null && reachable.length > 0) return reachable;
    if (backend === null) throw engineUnavailable(unreachableMessage, { operatorMessage: namesOf(ollamas) });
    const one = ollamas.find(({ name }) => name === backend);
    if (one) return [one];
    const names = ollamas.map(({ name }) => name).join(', ');
    throw badInput('backend', `No Ollama is configured at ${backend}. Configured: ${names}.`);
  }

  /** Opens an answer, and reads its first chunk: until then another backend can take over. */
  async #open(
    request: EngineRequest,
    signal: AbortSignal,
    accept: AcceptChunk | undefined,
  ): Promise<Source<EngineChunk>> {
    const { model, waits = false } = request;
    const ensured = this.#ensureModel(model, signal);
    await (waits ? ensured.catch(throwUnlessUnavailable) : ensured);
    const failed = new Map<PoolBackend, unknown>();
    const place = this.#waiters.takePlace();
    const candidates = () => this.#candidates(model, failed);
    const choose = waits ? this.#patient(candidates, failed) : candidates;
    for (;;) {
      const { backend, slot } = await this.#waiters.acquire({ choose, place, waits }, signal);
      let hasFirst = false;
      const acceptLater = (chunk: EngineChunk) => hasFirst && accept?.(chunk) === true;
      const firstMs = this.#firstChunkTimeoutMs(request, backend, failed);
      // The release isn't awaited: it takes a while if Redis is unavailable.
      const source = closedWith(
        backend.answer(request, signal, firstMs, acceptLater),
        () => void slot.release(),
      );
      try {
        const first = await source.next();
        hasFirst = true;
        return startingWith(first, source);
      } catch (error) {
        await source.close();
        if (signal.aborted || !canFailOver(error)) throw error;
        this.#log(
          `engine: ${backend.kind} at ${backend.name} failed before the first token: ${reasonOf(error)}`,
        );
        failed.set(backend, error);
      }
    }
  }

  /**
   * Returns the backends that can still answer, the best group first. Throws the first failure if all have failed, and
   * `ENGINE_UNAVAILABLE` if none is reachable.
   */
  #candidates(model: string, failed: ReadonlyMap<PoolBackend, unknown>): readonly (readonly PoolBackend[])[] {
    this.#throwIfDown();
    const left = this.#holdersOf(model).filter((backend) => !failed.has(backend));
    if (left.length === 0) throw [...failed.values()][0] ?? this.#modelUnavailable(model);
    return rankBackends(model, left);
  }

  /** Returns no candidates, for at most `waitMs`, while no backend that has the model is reachable and none has failed. */
  #patient(
    candidates: () => readonly (readonly PoolBackend[])[],
    failed: ReadonlyMap<PoolBackend, unknown>,
  ): () => readonly (readonly PoolBackend[])[] {
    let since: number | null = null;
    return () => {
      try {
        const found = candidates();
        since = null;
        return found;
      } catch (error) {
        throwUnlessUnavailable(error);
        since ??= this.#clock();
        if (failed.size > 0 || this.#clock() - since >= this.#times.waitMs) throw error;
        return [];
      }
    };
  }

  /** The timeout of the first chunk, in ms. Null if no other backend can take over, or the model has to be loaded. */
  #firstChunkTimeoutMs(
    request: EngineRequest,
    backend: PoolBackend,
    failed: ReadonlyMap<PoolBackend, unknown>,
  ): number | null {
    const { model, messages } = request;
    const others = this.#holdersOf(model).filter(
      (other) => other !== backend && !failed.has(other) && !other.isSuspect && !other.isFailing(model),
    );
    if (others.length === 0 || !backend.find(model)?.loaded) return null;
    return this.#times.firstTokenMs + this.#times.msPerToken * estimateTokens(messages);
  }

  #holdersOf(model: string): readonly PoolBackend[] {
    return this.#reachable.filter((backend) => backend.find(model));
  }

  /** Probes all backends if `model` is unknown: it may be new. Throws `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`. */
  async #ensureModel(model: string, signal: AbortSignal): Promise<void> {
    await this.#whenReady(signal);
    this.#throwIfDown();
    if (this.#holdersOf(model).length > 0) return;
    await orAborted(this.#probeAll(this.#reachable), signal);
    this.#throwIfDown();
    if (this.#holdersOf(model).length === 0) throw this.#modelUnavailable(model);
  }

  #modelUnavailable(model: string): Failure {
    return modelUnavailable(model, this.#backends);
  }

  async #whenReady(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    await orAborted(this.#ready, signal);
  }

  #throwIfDown(): void {
    this.#closing.signal.throwIfAborted();
    if (this.#reachable.length === 0) {
      throw engineUnavailable(unreachableMessage, { operatorMessage: namesOf(this.#backends) });
    }
  }

  async #probeAll(backends: readonly PoolBackend[]): Promise<void> {
    await Promise.all(backends.map((backend) => backend.probe()));
  }
}

const throwUnlessUnavailable = (error: unknown): void => {
  if (!(error instanceof Failure) || error.code !== 'ENGINE_UNAVAILABLE') throw error;
};

/** Calls `release` when the source is closed. */
const closedWith = <T>(source: Source<T>, release: () => void): Source<T> => ({
  next: () => source.next(),
  close: () => source.close().finally(release),
});

/** Returns the source with an item that was read from it already. */
const startingWith = <T>(first: IteratorResult<T, void>, source: Source<T>): Source<T> => {
  let unread: IteratorResult<T, void> | null = first;
  return {
    next() {
      if (unread === null) return source.next();
      const item = unread;
      unread = null;
      return Promise.resolve(item);
    },
    close: () => source.close(),
  };
};
