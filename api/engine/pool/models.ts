import type { EngineModel } from '../engine.ts';

/** What a pool needs to know of a backend to say what there is. */
export interface ModelHolder {
  readonly name: string;
  readonly models: readonly EngineModel[];
}

/**
 * The models of all, each once, by name, with where it is. Where backends have different ones under one name, it can do
 * what each of them can, since any of them may be the one that answers.
 */
export function unionOf(holders: readonly ModelHolder[]): readonly EngineModel[] {
  const union = new Map<string, EngineModel>();
  for (const { name: backend, models } of holders) {
    for (const model of models) {
      const known = union.get(model.name);
      union.set(model.name, known ? both(known, model, backend) : { ...model, backends: [backend] });
    }
  }
  return [...union.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const both = (known: EngineModel, other: EngineModel, backend: string): EngineModel => ({
  ...known,
  loaded: known.loaded || other.loaded,
  canContinue: known.canContinue && other.canContinue,
  contextLength: shorter(known.contextLength, other.contextLength),
  capabilities: known.capabilities.filter((capability) => other.capabilities.includes(capability)),
  backends: [...(known.backends ?? []), backend],
});

const shorter = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
