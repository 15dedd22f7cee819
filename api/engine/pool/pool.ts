import { reasonOf } from '../../errors/causes.ts';
import { badInput, engineUnavailable, type Failure } from '../../errors/failures.ts';
import type {
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  ModelPlace,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { estimateTokens } from '../estimate.ts';
import { noAnswer } from '../messages.ts';
import { isLastChunk, orAborted, stoppable } from '../stream.ts';
import { PoolBackend } from './backend.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';
import type { BackendSlots } from './backendSlots.ts';
import { absenceOf, bestFirst, isElsewherePossible } from './choice.ts';
import { healthOf, namesOf } from './health.ts';
import { unionOf } from './models.ts';
import { pullAtAll } from './pulls.ts';
import { type PoolTimes, poolTimes } from './times.ts';
import { PoolTurns } from './waiting.ts';

export interface EnginePoolOptions {
  /** At least one; `url` is without name and password, and the same on all replicas. */
  readonly backends: readonly { readonly url: string; readonly engine: Engine }[];
  /** Requests side by side at one backend; best its `OLLAMA_NUM_PARALLEL`. */
  readonly slotsPerBackend: number;
  /** Counts what runs at each backend, for all replicas that use them. Closed by who made it. Default: this process. */
  readonly backendSlots?: BackendSlots;
  readonly times?: Partial<PoolTimes>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number;
  readonly log?: (message: string) => void;
}

export interface EnginePool extends Engine {
  /** Resolves when each backend has been asked once whether it answers: within seconds. */
  ready(): Promise<void>;
}

/**
 * Several engines as one. It asks the one that has the model in memory, and of those the one that runs least; what
 * fails before the first token goes on elsewhere unnoticed. One that refuses connections is left at once; one that takes
 * them and says nothing is left within about seven seconds, and tried again later.
 */
export const createEnginePool = (options: EnginePoolOptions): EnginePool => new Pool(options);

class Pool implements EnginePool {
  readonly #backends: readonly PoolBackend[];
  readonly #turns: PoolTurns;
  readonly #slotsPerBackend: number;
  readonly #times: PoolTimes;
  readonly #log: (message: string) => void;
  readonly #closing = new AbortController();
  readonly #ready: Promise<void>;

  constructor(options: EnginePoolOptions) {
    const { backends, slotsPerBackend, backendSlots = createMemoryBackendSlots() } = options;
    const { clock = () => performance.now(), log = () => undefined } = options;
    const times = { ...poolTimes, ...options.times };
    if (backends.length === 0) throw new RangeError('A pool needs an engine.');
    this.#slotsPerBackend = slotsPerBackend;
    this.#times = times;
    this.#log = log;
    this.#turns = new PoolTurns({ backendSlots, slotsPerBackend, times, clock });
    const onChange = () => this.#turns.look();
    this.#backends = backends.map(
      ({ url: name, engine }) => new PoolBackend({ name, engine, times, clock, log, onChange }),
    );
    this.#ready = this.#probeAll(this.#backends);
  }

  /** Of those that answer; none where all are down. */
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
    return { kind: 'ollama', state: 'unavailable', message, steps: [], progress: null };
  }

  async models(signal: AbortSignal = this.#closing.signal): Promise<readonly EngineModel[]> {
    await this.#present(signal);
    await orAborted(this.#probeAll(this.#reachable), AbortSignal.any([signal, this.#closing.signal]));
    this.#throwIfDown();
    return unionOf(this.#reachable);
  }

  async measure(
    model: string,
    messages: readonly EngineMessage[],
    signal: AbortSignal = this.#closing.signal,
  ): Promise<PromptSize> {
    await this.#find(model, signal);
    const failures: unknown[] = [];
    for (const { engine } of this.#holdersOf(model)) {
      try {
        return await engine.measure(model, messages, signal);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(error);
      }
    }
    throw failures[0];
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    return stoppable(
      [signal, this.#closing.signal],
      (either) => this.#generate(request, either),
      isLastChunk,
    );
  }

  pull({ name, backend }: ModelPlace, signal: AbortSignal): AsyncIterable<PullStep> {
    return stoppable([signal, this.#closing.signal], (either) => this.#pull(name, backend, either));
  }

  async remove({ name, backend }: ModelPlace, signal: AbortSignal): Promise<void> {
    await this.#present(signal);
    const holders = this.#among(backend).filter((one) => one.find(name));
    if (holders.length === 0) throw this.#absence(name);
    await Promise.all(holders.map((one) => one.engine.remove({ name, backend: null }, signal)));
    await this.#probeAll(holders);
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The connection to Ollama is closed.'));
    this.#turns.close();
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
    await this.#present(signal);
    const pullers = this.#among(backend);
    yield* pullAtAll(pullers, name, signal);
    await orAborted(this.#probeAll(pullers), signal);
  }

  /** The one of this name, or (null) all that answer. Throws `BAD_USER_INPUT`, `ENGINE_UNAVAILABLE`. */
  #among(backend: string | null): readonly PoolBackend[] {
    this.#throwIfDown();
    if (backend === null) return this.#reachable;
    const one = this.#backends.find(({ name }) => name === backend);
    if (one) return [one];
    const names = this.#backends.map(({ name }) => name).join(', ');
    throw badInput('backend', `There is no Ollama at ${backend}. There are: ${names}.`);
  }

  async *#generate(
    request: EngineRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    const { model } = request;
    await this.#find(model, signal);
    const failed = new Map<PoolBackend, unknown>();
    for (;;) {
      const { backend, lease } = await this.#turns.take(() => this.#choose(model, failed), signal);
      let hasBegun = false;
      try {
        for await (const chunk of backend.answer(request, signal, this.#patience(request, backend, failed))) {
          hasBegun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        if (hasBegun || signal.aborted || !isElsewherePossible(error)) throw error;
        this.#log(`Ollama at ${backend.name} gave no answer: ${reasonOf(error)}`);
        failed.set(backend, error);
      } finally {
        // Nobody waits for it: where Redis is away it takes a while.
        void lease.release();
      }
    }
  }

  /**
   * Where `model` may be asked for, the best group first. Throws the first failure where all have failed, and
   * `ENGINE_UNAVAILABLE` where none is left that answers.
   */
  #choose(model: string, failed: ReadonlyMap<PoolBackend, unknown>): readonly (readonly PoolBackend[])[] {
    this.#throwIfDown();
    const left = this.#holdersOf(model).filter((backend) => !failed.has(backend));
    if (left.length === 0) throw [...failed.values()][0] ?? this.#absence(model);
    return bestFirst(model, left);
  }

  /** How long to wait for the first token, in milliseconds; null where nobody else could be asked, or a load may take long. */
  #patience(
    request: EngineRequest,
    backend: PoolBackend,
    failed: ReadonlyMap<PoolBackend, unknown>,
  ): number | null {
    const { model, messages } = request;
    const others = this.#holdersOf(model).filter(
      (other) => other !== backend && !failed.has(other) && !other.isDoubtful && !other.isFailing(model),
    );
    if (others.length === 0 || !backend.find(model)?.loaded) return null;
    return this.#times.firstTokenMs + this.#times.msPerToken * estimateTokens(messages);
  }

  #holdersOf(model: string): readonly PoolBackend[] {
    return this.#reachable.filter((backend) => backend.find(model));
  }

  /** Asks all where `model` isn't known: it may be new. Throws `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`. */
  async #find(model: string, signal: AbortSignal): Promise<void> {
    await this.#present(signal);
    this.#throwIfDown();
    if (this.#holdersOf(model).length > 0) return;
    await orAborted(this.#probeAll(this.#reachable), signal);
    this.#throwIfDown();
    if (this.#holdersOf(model).length === 0) throw this.#absence(model);
  }

  #absence(model: string): Failure {
    return absenceOf(model, this.#backends);
  }

  async #present(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    await orAborted(this.#ready, signal);
  }

  #throwIfDown(): void {
    this.#closing.signal.throwIfAborted();
    if (this.#reachable.length === 0) {
      throw engineUnavailable(noAnswer, { operatorMessage: namesOf(this.#backends) });
    }
  }

  async #probeAll(backends: readonly PoolBackend[]): Promise<void> {
    await Promise.all(backends.map((backend) => backend.probe()));
  }
}
