import type { ModelResponse, ShowResponse } from 'ollama';
import { modelNotFound } from '../../errors/failures.ts';
import type { EngineModel } from '../engine.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

/** Maximum requests for details that are in flight at once. */
const maxConcurrent = 8;
/** How long a generation uses a list before it also refreshes it in the background, in ms. */
const freshMs = 60_000;

export interface OllamaModel extends EngineModel {
  /** The context that the model was trained with, in tokens; null if unknown. */
  readonly trainedContext: number | null;
}

type Details = Pick<
  OllamaModel,
  'contextLength' | 'trainedContext' | 'capabilities' | 'canContinue' | 'hasLogprobs' | 'completesTexts'
>;

/** The models of an Ollama. Caches the details of each model by digest. */
export class OllamaCatalog {
  readonly #address: OllamaAddress;
  readonly #contextCap: number;
  readonly #fetch: typeof fetch;
  #details = new Map<string, Details>();
  #models = new Map<string, OllamaModel>();
  #listedAt = Number.NEGATIVE_INFINITY;

  /** `contextCap` is in tokens. */
  constructor(address: OllamaAddress, contextCap: number, fetching: typeof fetch) {
    this.#address = address;
    this.#contextCap = contextCap;
    this.#fetch = fetching;
  }

  async list(signal: AbortSignal): Promise<readonly EngineModel[]> {
    const client = ollamaClient(this.#address, signal, this.#fetch);
    const [{ models: installed }, { models: running }] = await Promise.all([client.list(), client.ps()]);
    const loaded = new Map(running.map((model) => [model.digest, model]));

    const details = new Map<string, Details>();
    const missing: ModelResponse[] = [];
    for (const model of installed) {
      const known = this.#details.get(model.digest);
      if (known === undefined) missing.push(model);
      else details.set(model.digest, known);
    }
    for (let start = 0; start < missing.length; start += maxConcurrent) {
      const batch = missing.slice(start, start + maxConcurrent);
      await Promise.all(
        batch.map(async (model) => {
          const shown = await this.#show(model, signal);
          details.set(model.digest, shown);
          // Cached at once, so that the next list is faster if this one is aborted.
          this.#details.set(model.digest, shown);
        }),
      );
    }
    const models = installed.map((model) => describe(model, loaded.get(model.digest), details));
    models.sort((a, b) => (a.name < b.name ? -1 : 1));
    // Keeps installed models only, which bounds both maps.
    this.#details = details;
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.#listedAt = performance.now();
    return models;
  }

  /** Returns a model of a cached list that is fresh; undefined if there is none. */
  cached(name: string): OllamaModel | undefined {
    return performance.now() - this.#listedAt < freshMs ? this.#models.get(tagged(name)) : undefined;
  }

  /** Finds a model in the cached list, and lists the models if the name is unknown. Throws `MODEL_NOT_FOUND`. */
  async find(name: string, signal: AbortSignal): Promise<OllamaModel> {
    const fresh = this.cached(name);
    if (fresh !== undefined) return fresh;
    const known = this.#models.get(tagged(name));
    const listed = this.list(signal);
    if (known !== undefined) {
      listed.catch(() => undefined);
      return known;
    }
    const names = (await listed).map((model) => model.name);
    const found = this.#models.get(tagged(name));
    if (found === undefined) throw modelNotFound(name, names);
    return found;
  }

  async #show({ name }: ModelResponse, signal: AbortSignal): Promise<Details> {
    try {
      const show = await ollamaClient(this.#address, signal, this.#fetch).show({ model: name });
      return {
        contextLength: contextLengthOf(show, this.#contextCap),
        trainedContext: trainedContextOf(show),
        capabilities: show.capabilities ?? [],
        canContinue: continuesLastTurn(show),
        hasLogprobs: true,
        completesTexts: true,
      };
    } catch {
      signal.throwIfAborted();
      // One broken model must not hide the others.
      return unknownDetails;
    }
  }
}

const unknownDetails: Details = {
  contextLength: null,
  trainedContext: null,
  capabilities: [],
  canContinue: false,
};

/** A name without a tag means `latest`, as in Ollama. */
const tagged = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

function describe(
  model: ModelResponse,
  running: ModelResponse | undefined,
  details: ReadonlyMap<string, Details>,
): OllamaModel {
  return {
    name: model.name,
    digest: model.digest,
    size: model.size,
    modifiedAt: new Date(model.modified_at),
    family: model.details.family || null,
    parameterSize: model.details.parameter_size || null,
    quantization: model.details.quantization_level || null,
    loaded: running !== undefined,
    ...(running && { memory: { bytes: running.size, vramBytes: running.size_vram ?? 0 } }),
    ...(details.get(model.digest) ?? unknownDetails),
  };
}

/** The minimum of the trained context and the configured one (`PARAMETER num_ctx`); without the latter, of the cap. */
function contextLengthOf(show: ShowResponse, cap: number): number {
  const configured = /^num_ctx\s+(\d+)/m.exec(show.parameters ?? '')?.[1];
  const limit = configured === undefined ? cap : Number(configured);
  return Math.min(limit, trainedContextOf(show) ?? limit);
}

function trainedContextOf(show: ShowResponse): number | null {
  const trained = Object.entries(show.model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
  return typeof trained === 'number' ? trained : null;
}

/**
 * Whether Ollama leaves the last assistant message open, so that an answer can continue it. A template over `.Messages` does
 * so with an idiom of Ollama's library. An older template is cut where the response goes. Built-in renderers don't support it.
 */
function continuesLastTurn(show: ShowResponse): boolean {
  const { template = '' } = show;
  if ('renderer' in show && show.renderer !== '') return false;
  if (!template.includes('.Messages')) return true;
  return /ne\s+\.Role\s+"assistant"/.test(template) && template.includes('$last');
}
