import type { ModelResponse, ShowResponse } from 'ollama';
import { modelNotFound } from '../../errors/failures.ts';
import type { EngineModel } from '../engine.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

/** Details that are asked for at once. */
const askedAtOnce = 8;
/** How old a list may be that a generation relies on, in milliseconds, before it is renewed beside it. */
const freshMs = 60_000;

type Details = Pick<EngineModel, 'contextLength' | 'capabilities' | 'canContinue'>;

/** What an Ollama has. Details are asked for once for each content. */
export class OllamaCatalog {
  readonly #address: OllamaAddress;
  readonly #contextCap: number;
  readonly #fetch: typeof fetch;
  #details = new Map<string, Details>();
  #models = new Map<string, EngineModel>();
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
    const loaded = new Set(running.map(({ digest }) => digest));

    const details = new Map<string, Details>();
    const missing: ModelResponse[] = [];
    for (const model of installed) {
      const known = this.#details.get(model.digest);
      if (known === undefined) missing.push(model);
      else details.set(model.digest, known);
    }
    for (let at = 0; at < missing.length; at += askedAtOnce) {
      const some = missing.slice(at, at + askedAtOnce);
      await Promise.all(
        some.map(async (model) => {
          const shown = await this.#show(model, signal);
          details.set(model.digest, shown);
          // Kept at once: a list that is cut short then costs less the next time.
          this.#details.set(model.digest, shown);
        }),
      );
    }
    const models = installed.map((model) => describe(model, loaded.has(model.digest), details));
    models.sort((a, b) => (a.name < b.name ? -1 : 1));
    // Only what is installed now is kept, which bounds both.
    this.#details = details;
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.#listedAt = performance.now();
    return models;
  }

  /** Asks Ollama only where the name is new. Throws `MODEL_NOT_FOUND`. */
  async find(name: string, signal: AbortSignal): Promise<EngineModel> {
    const known = this.#models.get(tagged(name));
    if (known !== undefined && performance.now() - this.#listedAt < freshMs) return known;
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
        capabilities: show.capabilities ?? [],
        canContinue: continuesLastTurn(show),
      };
    } catch {
      signal.throwIfAborted();
      // One broken model shouldn't hide the others.
      return { contextLength: null, capabilities: [], canContinue: false };
    }
  }
}

/** Ollama's own rule: a name without a tag means `latest`. */
const tagged = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

function describe(model: ModelResponse, loaded: boolean, details: ReadonlyMap<string, Details>): EngineModel {
  return {
    name: model.name,
    digest: model.digest,
    size: model.size,
    modifiedAt: new Date(model.modified_at),
    family: model.details.family || null,
    parameterSize: model.details.parameter_size || null,
    quantization: model.details.quantization_level || null,
    loaded,
    ...(details.get(model.digest) ?? { contextLength: null, capabilities: [], canContinue: false }),
  };
}

/** The model's own context, but what its owner set (`PARAMETER num_ctx`), else the cap, where that is less. */
function contextLengthOf(show: ShowResponse, cap: number): number {
  const set = /^num_ctx\s+(\d+)/m.exec(show.parameters ?? '')?.[1];
  const trained = Object.entries(show.model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
  const wanted = set === undefined ? cap : Number(set);
  return typeof trained === 'number' ? Math.min(wanted, trained) : wanted;
}

/**
 * Whether Ollama leaves the last assistant message open. A template over `.Messages` does if it says so itself, by the
 * idiom of Ollama's library; an older one is cut where the response goes; a built-in renderer has rules of its own.
 */
function continuesLastTurn(show: ShowResponse): boolean {
  const { template = '' } = show;
  if ('renderer' in show && show.renderer !== '') return false;
  if (!template.includes('.Messages')) return true;
  return /ne\s+\.Role\s+"assistant"/.test(template) && template.includes('$last');
}
