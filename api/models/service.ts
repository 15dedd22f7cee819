import type { ModelAliases } from '../config/values/modelAliases.ts';
import type { Engine, EngineModel } from '../engine/engine.ts';
import { badInput, Failure, modelNotFound } from '../errors/failures.ts';

/** How long a list of models is cached, in ms, so that not every generation queries the engine. */
const freshMs = 5000;

/** Models that clients may request even if they are not installed; `MODEL_FALLBACK` answers for them. */
const namesWithFallback = ['llama3.2:latest', 'mistral:latest', 'codellama:7b'];

/** The default of `DEFAULT_MODEL`: the first of these that is installed, else `MODEL_FALLBACK`, else any model. */
const preferred = ['llama3.2:latest'];

/** The model that answers a request. */
export interface ModelChoice {
  readonly model: EngineModel;
  /** Why another model than the requested one answers, as a sentence for users; null if it is the requested one. */
  readonly reason: string | null;
}

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
  /** Returns the installed model of this name that can answer, without aliases and fallbacks. Throws as `resolve`. */
  require(name: string): Promise<EngineModel>;
  /** Like `resolve`, with the reason if an alias or a fallback chose the model. */
  choose(requested: string | null): Promise<ModelChoice>;
  /** Returns the aliases of `MODEL_ALIASES` for which a model is installed, with that model. */
  aliases(): Promise<readonly { readonly alias: string; readonly model: EngineModel }[]>;
  /** Clears the cached list after a model was installed or deleted. */
  refresh(): void;
  /** Whether this is the name of the current default model. */
  isDefault(name: string): Promise<boolean>;
}

export interface ModelsDeps {
  readonly engine: Engine;
  /** `DEFAULT_MODEL`. */
  readonly defaultModel: string | null;
  /** `MODEL_FALLBACK`, in the order of preference; null: the default model with the embedded engine, else none. */
  readonly fallback: readonly string[] | null;
  /** `MODEL_ALIASES`. */
  readonly aliases?: ModelAliases;
}

/** Whether the model can answer. One that only computes embeddings isn't offered for chats. An older Ollama names no capabilities. */
export const isChatModel = ({ capabilities }: Pick<EngineModel, 'capabilities'>): boolean =>
  capabilities.includes('completion') || !capabilities.includes('embedding');

export const withTag = (name: string): string => (name.includes(':') ? name : `${name}:latest`);

export const createModels = (deps: ModelsDeps): Models => {
  const { aliases = new Map() }: { readonly aliases?: ModelAliases } = deps;
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

  /** Returns the first of the models that is installed. */
  const pickFirst = (models: readonly EngineModel[], names: readonly string[]) =>
    names.map((name) => pick(models, name)).find((model) => model !== undefined);

  const targetsOf = (requested: string): readonly string[] | undefined =>
    aliases.get(requested) ?? aliases.get(requested.replace(/:latest$/, ''));

  const configured = deps.defaultModel === null ? [] : (targetsOf(deps.defaultModel) ?? [deps.defaultModel]);

  const pickDefault = (models: readonly EngineModel[]): EngineModel | undefined =>
    pickFirst(models, [...configured, ...preferred, ...(deps.fallback ?? [])]) ??
    models.find((model) => model.capabilities.includes('completion')) ??
    models.find(isChatModel);

  const pickFallback = async (models: readonly EngineModel[]) => {
    if (deps.fallback !== null) return pickFirst(models, deps.fallback);
    const { kind } = await deps.engine.health();
    return kind === 'embedded' ? pickDefault(models) : undefined;
  };

  const chooseIn = async (
    models: readonly EngineModel[],
    requested: string | null,
  ): Promise<ModelChoice | undefined> => {
    if (requested === null) {
      const model = pickDefault(models);
      return model && { model, reason: null };
    }
    const targets = targetsOf(requested);
    const installed = targets ? pickFirst(models, targets) : pick(models, requested);
    if (installed) {
      const missing = (targets ?? []).slice(
        0,
        targets?.findIndex((name) => pick(models, name) !== undefined),
      );
      return { model: installed, reason: targets ? aliasReason(requested, missing, installed.name) : null };
    }
    if (!targets && !namesWithFallback.includes(withTag(requested))) return undefined;
    const model = await pickFallback(models);
    return model && { model, reason: fallbackReason(targets ?? [requested], model.name) };
  };

  const choose: Models['choose'] = async (requested) => {
    // The model may have been installed after the list was cached.
    const choice = (await chooseIn(await list(), requested)) ?? (await chooseIn(await list(0), requested));
    if (choice && isChatModel(choice.model)) return choice;
    if (choice) throw embeddingOnly(choice.model.name);
    const names = (await list()).filter(isChatModel).map(({ name }) => name);
    throw modelNotFound(requested ?? deps.defaultModel ?? 'default', names);
  };

  return {
    list: () => list(),
    async require(name) {
      const model = pick(await list(), name) ?? pick(await list(0), name);
      if (model && isChatModel(model)) return model;
      if (model) throw embeddingOnly(model.name);
      throw modelNotFound(
        name,
        (await list()).filter(isChatModel).map((each) => each.name),
      );
    },
    async default() {
      const models = await list();
      const model = pickDefault(models);
      if (!model) throw modelNotFound(deps.defaultModel ?? 'default', []);
      return model;
    },
    choose,
    resolve: async (requested) => (await choose(requested)).model,
    async aliases() {
      const models = await list();
      return [...aliases].flatMap(([alias, names]) => {
        const model = pickFirst(models, names);
        return model ? [{ alias, model }] : [];
      });
    },
    async resolveForEmbedding(requested) {
      const find = (models: readonly EngineModel[]) =>
        requested === null
          ? models.find(({ capabilities }) => capabilities.includes('embedding'))
          : pickFirst(models, targetsOf(requested) ?? [requested]);
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

/**
 * Returns the models that clients may request by name: the installed ones, and each alias as the model that answers for it.
 * Throws `ENGINE_UNAVAILABLE`.
 */
export const listWithAliases = async (
  models: Pick<Models, 'list' | 'aliases'>,
): Promise<readonly EngineModel[]> => {
  const aliases = (await models.aliases()).map(({ alias, model }) => ({ ...model, name: alias }));
  const taken = new Set(aliases.map(({ name }) => name));
  return [...(await models.list()).filter(({ name }) => !taken.has(name)), ...aliases];
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

const aliasReason = (alias: string, missing: readonly string[], name: string): string =>
  missing.length === 0
    ? `"${alias}" is an alias of ${name}.`
    : `"${alias}" is an alias. ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed, so ${name} answered.`;

const fallbackReason = (missing: readonly string[], name: string): string =>
  `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed, so ${name} answered.`;
