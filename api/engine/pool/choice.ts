import { engineUnavailable, Failure, type FailureCode, modelNotFound } from '../../errors/failures.ts';
import type { PoolBackend } from './backend.ts';
import { unionOf } from './models.ts';

/** Those `left` that have the model, in groups: where it is in memory, where it isn't, and who may be away. */
export function bestFirst(model: string, left: readonly PoolBackend[]): readonly (readonly PoolBackend[])[] {
  const sound = left.filter((backend) => !backend.isFailing(model));
  // Where it fails everywhere, the reason that one of them gives is the better answer.
  const usable = sound.length > 0 ? sound : left;
  const doubtful = usable.filter(({ isDoubtful }) => isDoubtful);
  const fine = usable.filter(({ isDoubtful }) => !isDoubtful);
  const loaded = fine.filter((backend) => backend.find(model)?.loaded);
  return [loaded, fine.filter((backend) => !loaded.includes(backend)), doubtful];
}

/** Why none that answers has the model: `ENGINE_UNAVAILABLE` where one has it that doesn't, else `MODEL_NOT_FOUND`. */
export function absenceOf(model: string, backends: readonly PoolBackend[]): Failure {
  const away = backends.filter((backend) => backend.find(model));
  if (away.length > 0) {
    const where = away.map(({ name }) => name).join(', ');
    return engineUnavailable(`The server that has ${model} does not answer. Try again in a minute.`, {
      operatorMessage: `${model} is on no Ollama that answers, but at ${where}.`,
    });
  }
  return modelNotFound(
    model,
    unionOf(backends.filter(({ isReachable }) => isReachable)).map(({ name }) => name),
  );
}

/** What speaks against the one that was asked; what is wrong with the request is wrong everywhere. */
const passing: ReadonlySet<FailureCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_FAILED',
  'MODEL_NOT_FOUND',
]);

/** Whether another one may do better. */
export const isElsewherePossible = (error: unknown): boolean =>
  error instanceof Failure && passing.has(error.code);
