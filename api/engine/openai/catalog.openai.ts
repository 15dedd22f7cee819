import { createHash } from 'node:crypto';
import { modelNotFound } from '../../errors/failures.ts';
import type { EngineModel } from '../engine.ts';
import { isObject, jsonOf, type OpenAIServer, requestOpenAI } from './http.openai.ts';

/** How long a generation uses a list before it also refreshes it in the background, in ms. */
const freshMs = 60_000;
/** Maximum models of a server; further ones are left out. */
const maxModels = 2_000;

/** Software of a server, as far as its list of models tells. Extensions of OpenAI's API differ. */
export type ServerKind = 'vllm' | 'sglang' | 'llamacpp' | 'other';

export interface OpenAIModel extends EngineModel {
  readonly server: ServerKind;
}

/** The models of an OpenAI-compatible server. */
export class OpenAICatalog {
  readonly #server: OpenAIServer;
  #models: ReadonlyMap<string, OpenAIModel> = new Map();
  /** Context lengths that the list doesn't name: from llama.cpp's properties, or from an error. */
  readonly #contexts = new Map<string, number>();
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(server: OpenAIServer) {
    this.#server = server;
  }

  async list(signal: AbortSignal): Promise<readonly OpenAIModel[]> {
    const body = await jsonOf(await requestOpenAI(this.#server, '/models', signal));
    const entries = isObject(body) && Array.isArray(body.data) ? body.data.filter(isObject) : [];
    const known = entries.filter(({ id }) => typeof id === 'string' && id !== '').slice(0, maxModels);
    const details = isObject(body) && Array.isArray(body.models) ? body.models.filter(isObject) : [];
    const models = known.map((entry) => {
      const model = describe(
        entry,
        details.find(({ name }) => name === entry.id),
      );
      return { ...model, contextLength: model.contextLength ?? this.#contexts.get(model.name) ?? null };
    });
    await this.#readProperties(models, signal);
    const listed = models.map((model) => ({
      ...model,
      contextLength: model.contextLength ?? this.#contexts.get(model.name) ?? null,
    }));
    listed.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#models = new Map(listed.map((model) => [model.name, model]));
    for (const name of this.#contexts.keys()) if (!this.#models.has(name)) this.#contexts.delete(name);
    this.#listedAt = performance.now();
    return listed;
  }

  /** Finds a model in the cached list, and lists the models if the name is unknown. Throws `MODEL_NOT_FOUND`. */
  async find(name: string, signal: AbortSignal): Promise<OpenAIModel> {
    const known = this.#models.get(name);
    if (known !== undefined && performance.now() - this.#listedAt < freshMs) return known;
    const listed = this.list(signal);
    if (known !== undefined) {
      listed.catch(() => undefined);
      return known;
    }
    const names = (await listed).map((model) => model.name);
    const found = this.#models.get(name);
    if (found === undefined) throw modelNotFound(name, names);
    return found;
  }

  /** Notes the context length that an error names. */
  noteContext(name: string, contextLength: number): void {
    const known = this.#models.get(name);
    if (known === undefined || known.contextLength === contextLength) return;
    this.#contexts.set(name, contextLength);
    this.#models = new Map(this.#models).set(name, { ...known, contextLength });
  }

  /** llama.cpp's server names the context of its slots in its properties only. */
  async #readProperties(models: readonly OpenAIModel[], signal: AbortSignal): Promise<void> {
    const [model] = models;
    if (model?.server !== 'llamacpp' || models.length > 1 || this.#contexts.has(model.name)) return;
    try {
      const root = { ...this.#server, url: this.#server.url.replace(/\/v1$/, '') };
      const properties = await jsonOf(await requestOpenAI(root, '/props', signal));
      const settings = isObject(properties) ? properties.default_generation_settings : null;
      const limit = isObject(settings) ? settings.n_ctx : null;
      if (typeof limit === 'number' && limit > 0) this.#contexts.set(model.name, limit);
    } catch {
      signal.throwIfAborted();
      // The properties may be switched off. An error names the context later.
    }
  }
}

const embeddingNames = /embed|minilm|\bbge[-_]|\be5[-_]|\bgte[-_]/i;
const visionNames = /llava|vision|pixtral|moondream|minicpm-v|internvl|qwen[\d.]*-?vl/i;

function describe(entry: Record<string, unknown>, details: Record<string, unknown> | undefined): OpenAIModel {
  const name = String(entry.id);
  const meta = isObject(entry.meta) ? entry.meta : {};
  const server = serverOf(entry);
  const contextLength =
    numberOf(entry.max_model_len) ??
    numberOf(entry.max_context_length) ??
    numberOf(entry.context_length) ??
    numberOf(meta.n_ctx) ??
    null;
  return {
    name,
    // Servers name no digest. A model that is served under the same name with other properties counts as another.
    digest: createHash('sha256')
      .update(JSON.stringify([name, entry.root ?? null, contextLength, meta]))
      .digest('hex'),
    size: numberOf(meta.size) ?? 0,
    // vLLM names the time of the request here.
    modifiedAt: new Date(server === 'vllm' ? 0 : (numberOf(entry.created) ?? 0) * 1000),
    family: null,
    parameterSize: sizeOf(numberOf(meta.n_params)),
    quantization: null,
    contextLength,
    capabilities: capabilitiesOf(name, details),
    loaded: true,
    canContinue: server !== 'other',
    hasLogprobs: true,
    server,
  };
}

function capabilitiesOf(name: string, details: Record<string, unknown> | undefined): readonly string[] {
  const named = Array.isArray(details?.capabilities) ? details.capabilities.map(String) : [];
  if (named.includes('embedding') || named.includes('embeddings') || embeddingNames.test(name)) {
    return ['embedding'];
  }
  const hasVision = named.includes('multimodal') || named.includes('vision') || visionNames.test(name);
  return ['completion', 'tools', ...(hasVision ? ['vision'] : [])];
}

function serverOf({ owned_by: owner }: Record<string, unknown>): ServerKind {
  return owner === 'vllm' || owner === 'sglang' || owner === 'llamacpp' ? owner : 'other';
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;

function sizeOf(parameters: number | null): string | null {
  if (parameters === null) return null;
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${Math.round(parameters / 1e6)}M`;
}
