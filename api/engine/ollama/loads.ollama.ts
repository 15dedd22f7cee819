import { reasonOf } from '../../errors/causes.ts';
import { orAborted } from '../../process/orAborted.ts';
import { type EngineLimits, type Phase, phaseTimeout } from '../limits.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

/** How long a model counts as loaded after an answer, in ms. Ollama unloads an idle one after five minutes. */
const loadedMs = 60_000;
/** The maximum duration of a load, in ms. */
const maxLoadMs = 3_600_000;
/** The timeout of the question which models are loaded, in ms. */
const listTimeoutMs = 2_000;

export interface ModelLoadsDeps {
  readonly address: OllamaAddress;
  readonly fetch: typeof fetch;
  readonly limits: EngineLimits;
  /** Aborts all loads. */
  readonly closing: AbortSignal;
  readonly log: (message: string) => void;
}

/**
 * Loads models by requests of their own. Ollama stops loading a model when the request that needs it is aborted; so an
 * answer that gives up, or is cancelled, doesn't make the next one start to load again.
 */
export class ModelLoads {
  readonly #deps: ModelLoadsDeps;
  /** The loads in flight, by model and context. They resolve to whether they succeeded. */
  readonly #loads = new Map<string, Promise<boolean>>();
  /** When each model answered last. */
  readonly #answeredAt = new Map<string, number>();

  constructor(deps: ModelLoadsDeps) {
    this.#deps = deps;
  }

  /**
   * Waits until the model is loaded with a context of `contextLength` tokens. Returns the phase of the answer that
   * follows: `loading` if it is unknown whether the model is ready. Throws `ENGINE_TIMEOUT` after the limit, while the
   * load goes on, and `signal.reason`.
   */
  async prepare(model: string, contextLength: number | null, signal: AbortSignal): Promise<Phase> {
    const key = `${model} ${contextLength}`;
    const answeredAt = this.#answeredAt.get(key);
    if (answeredAt !== undefined && performance.now() - answeredAt < loadedMs) return 'first token';
    let load = this.#loads.get(key);
    if (load === undefined) {
      if (await this.#isListed(model, signal)) return 'loading';
      load = this.#loads.get(key) ?? this.#start(key, model, contextLength);
    }
    const { limits, address } = this.#deps;
    const ms = limits.loadMs;
    const timeout = new AbortController();
    const timer = setTimeout(
      () => timeout.abort(phaseTimeout('loading', ms, `Ollama at ${address.host}`)),
      ms,
    );
    try {
      return (await orAborted(load, AbortSignal.any([signal, timeout.signal]))) ? 'first token' : 'loading';
    } finally {
      clearTimeout(timer);
    }
  }

  /** Notes that the model has answered. */
  noteAnswer(model: string, contextLength: number | null): void {
    const now = performance.now();
    for (const [key, at] of this.#answeredAt) if (now - at >= loadedMs) this.#answeredAt.delete(key);
    this.#answeredAt.set(`${model} ${contextLength}`, now);
  }

  /** Whether Ollama lists the model as loaded. True also while it loads, and if Ollama doesn't say. */
  async #isListed(model: string, signal: AbortSignal): Promise<boolean> {
    const { address, fetch: fetching } = this.#deps;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(listTimeoutMs)]);
      const { models } = await ollamaClient(address, limited, fetching).ps();
      return models.some(({ name }) => name === model);
    } catch {
      signal.throwIfAborted();
      return true;
    }
  }

  #start(key: string, model: string, contextLength: number | null): Promise<boolean> {
    const { address, fetch: fetching, closing, log } = this.#deps;
    const startedAt = performance.now();
    log(`engine: Ollama at ${address.host} loads ${model}`);
    const load = (async () => {
      try {
        const signal = AbortSignal.any([closing, AbortSignal.timeout(maxLoadMs)]);
        const options = contextLength === null ? {} : { options: { num_ctx: contextLength } };
        // An empty prompt only loads the model.
        await ollamaClient(address, signal, fetching).generate({
          model,
          prompt: '',
          stream: false,
          ...options,
        });
        log(`engine: ${model} loaded in ${Math.round(performance.now() - startedAt)} ms`);
        return true;
      } catch (error) {
        // The answer finds out the reason by itself.
        if (!closing.aborted) log(`engine: loading ${model} failed: ${reasonOf(error)}`);
        return false;
      } finally {
        this.#loads.delete(key);
      }
    })();
    this.#loads.set(key, load);
    return load;
  }
}
