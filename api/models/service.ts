import type { Engine, EngineModel } from '../engine/engine.ts';
import { badInput, Failure, modelNotFound } from '../errors/failures.ts';

/** How long a list of models is cached, in ms, so that not every generation queries the engine. */
const freshMs = 5000;

/** Models that clients may request even if they are not installed; `MODEL_FALLBACK` answers for them. */
const namesWithFallback = ['llama3.2:latest', 'mistral:latest', 'codellama:7b'];

/** The default of `DEFAULT_MODEL`: the first of these that is installed, else `MODEL_FALLBACK`, else any model. */
const preferred = ['llama3.2:latest'];

export interface Models {
  list(): Promise<readonly EngineModel[]>;
  /** Returns the default model. Throws `MODEL_NOT_FOUND` if no model is installed. */
  default(): Promise<EngineModel>;
  /**
   * Returns the installed model that embeds texts for `requested`; null: the first one with the capability `embedding`.
   * Throws `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`.
   */
  resolveForEmbedding(requested: string | null): Promise<EngineModel>;
  /**
   * Returns the installed model that answers a request for `requested` (null: the default). `llama3.2` means
   * `llama3.2:latest`. Throws `MODEL_NOT_FOUND` with the installed names, `BAD_USER_INPUT` for a model that only computes
   * embeddings, `ENGINE_UNAVAILABLE`.
   */
  resolve(requested: string | null): Promise<EngineModel>;
  /** Clears the cached list after a model was installed or deleted. */
  refresh(): void;
  /** Whether this is the name of the current default model. */
  isDefault(name: string): Promise<boolean>;
}

export interface ModelsDeps {
  readonly engine: Engine;
  /** `DEFAULT_MODEL`. */
  readonly defaultModel: string | null;
  /** `MODEL_FALLBACK`; null: the default model with the embedded engine, else none. */
  readonly fallback: string | null;
}

/** Whether the model can answer. One that only computes embeddings isn't offered for chats. An older Ollama names no capabilities. */
export const isChatModel = ({ capabilities }: Pick<EngineModel, 'capabilities'>): boolean =>
  capabilities.includes('completion') || !capabilities.includes('embedding');

export const withTag = (name: string): string => (name.includes(':') ? name : `${name}:latest`);

export const createModels = (deps: ModelsDeps): Models => {
  let cached: { readonly at: number; readonly models: Promise<readonly EngineModel[]> } | null = null;

  const list = (maxAgeMs = freshMs): Promise<readonly EngineModel[]> => {
    if (cached && performance.now() - cached.at < maxAgeMs) return cached.models;
    const models = deps.engine.models();
    cached = { at: performance.now(), models };
    models.catch(() => {
      if (cached?.models === models) cached = null;
    });
    return models;
  };

  const pick = (models: readonly EngineModel[], name: string | null): EngineModel | undefined =>
    name === null ? undefined : models.find((model) => model.name === withTag(name) || model.name === name);

  const pickDefault = (models: readonly EngineModel[]): EngineModel | undefined =>
    pick(models, deps.defaultModel) ??
    preferred.map((name) => pick(models, name)).find((model) => model !== undefined) ??
    pick(models, deps.fallback) ??
    models.find((model) => model.capabilities.includes('completion')) ??
    models.find(isChatModel);

  const pickFallback = async (models: readonly EngineModel[], requested: string) => {
    if (!namesWithFallback.includes(withTag(requested))) return undefined;
    if (deps.fallback !== null) return pick(models, deps.fallback);
    const { kind } = await deps.engine.health();
    return kind === 'embedded' ? pickDefault(models) : undefined;
  };

  const resolveIn = async (models: readonly EngineModel[], requested: string | null) =>
    requested === null
      ? pickDefault(models)
      : (pick(models, requested) ?? (await pickFallback(models, requested)));

  return {
    list: () => list(),
    async default() {
      const models = await list();
      const model = pickDefault(models);
      if (!model) throw modelNotFound(deps.defaultModel ?? 'default', []);
      return model;
    },
    async resolve(requested) {
      // The model may have been installed after the list was cached.
      const model = (await resolveIn(await list(), requested)) ?? (await resolveIn(await list(0), requested));
      if (model && isChatModel(model)) return model;
      if (model) throw embeddingOnly(model.name);
      const names = (await list()).filter(isChatModel).map(({ name }) => name);
      throw modelNotFound(requested ?? deps.defaultModel ?? 'default', names);
    },
    async resolveForEmbedding(requested) {
      const find = (models: readonly EngineModel[]) =>
        requested === null
          ? models.find(({ capabilities }) => capabilities.includes('embedding'))
          : pick(models, requested);
      const model = find(await list()) ?? find(await list(0));
      if (model) return model;
      if (requested === null) throw noEmbeddingModel();
      throw modelNotFound(
        requested,
        (await list()).map(({ name }) => name),
      );
    },
    refresh() {
      cached = null;
    },
    async isDefault(name) {
      try {
        return pickDefault(await list())?.name === name;
      } catch (error) {
        if (error instanceof Failure) return false;
        throw error;
      }
    },
  };
};

/** Returns the installed model of a name, whatever it is for, else the one that answers for it. Throws as `resolve`. */
export const findModel = async (
  models: Pick<Models, 'list' | 'resolve'>,
  name: string,
): Promise<EngineModel> =>
  (await models.list()).find((model) => model.name === withTag(name) || model.name === name) ??
  models.resolve(name);

const embeddingOnly = (name: string): Failure =>
  badInput(
    'model',
    `${name} only computes embeddings; it can't answer. Choose a model with the capability "completion".`,
  );

const noEmbeddingModel = (): Failure =>
  new Failure(
    'MODEL_NOT_FOUND',
    'No model for embeddings is installed. Name a model, or ask an administrator to pull one, such as nomic-embed-text.',
  );
