import type { EngineModel } from '../engine.ts';

/** A backend and the models that it listed last. */
export interface ModelHolder {
  readonly name: string;
  readonly models: readonly EngineModel[];
}

/**
 * Returns the models of all backends, each once, sorted by name, with the backends that have it. If backends have
 * different models under one name, the result has only what all of them can do: any of them may answer.
 */
export function unionOf(holders: readonly ModelHolder[]): readonly EngineModel[] {
  const union = new Map<string, EngineModel>();
  for (const { name: backend, models } of holders) {
    for (const model of models) {
      // OpenAI-compatible servers list names without tags.
      const key = model.name.replace(/:latest$/, '');
      const known = union.get(key);
      union.set(key, known ? merge(known, model, backend) : { ...model, backends: [backend] });
    }
  }
  return [...union.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const merge = (known: EngineModel, other: EngineModel, backend: string): EngineModel => ({
  ...known,
  name: other.name.length > known.name.length ? other.name : known.name,
  loaded: known.loaded || other.loaded,
  ...((known.memory || other.memory) && { memory: sumOf(known.memory, other.memory) }),
  canContinue: known.canContinue && other.canContinue,
  contextLength: minKnown(known.contextLength, other.contextLength),
  capabilities: known.capabilities.filter((capability) => other.capabilities.includes(capability)),
  backends: [...(known.backends ?? []), backend],
});

type Memory = EngineModel['memory'];

const sumOf = (one: Memory, other: Memory): NonNullable<Memory> => ({
  bytes: (one?.bytes ?? 0) + (other?.bytes ?? 0),
  vramBytes: (one?.vramBytes ?? 0) + (other?.vramBytes ?? 0),
});

const minKnown = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
