import type { Engine } from '../../../engine/engine.ts';

/** The model that embeds passages and questions. */
export interface EmbeddingModel {
  readonly name: string;
  /** Identifies its vectors: another digest of the name is another model. */
  readonly key: string;
}

/** How long the answer of the engine is used, in ms. */
const freshMs = 10_000;

/**
 * Returns a function that finds the first installed model with the capability `embedding`; null if there is none, or if the
 * engine is unavailable.
 */
export const createEmbeddingModel = (
  engine: Pick<Engine, 'models'>,
): ((signal: AbortSignal) => Promise<EmbeddingModel | null>) => {
  let known: { readonly model: EmbeddingModel | null; readonly at: number } | null = null;
  return async (signal) => {
    if (known && performance.now() - known.at < freshMs) return known.model;
    const models = await engine.models(signal).catch(() => null);
    const found = models?.find(({ capabilities }) => capabilities.includes('embedding'));
    const model = found ? { name: found.name, key: `${found.name}@${found.digest}` } : null;
    known = { model, at: performance.now() };
    return model;
  };
};
