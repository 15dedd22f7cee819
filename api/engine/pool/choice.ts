import { engineUnavailable, Failure, type FailureCode, modelNotFound } from '../../errors/failures.ts';
import type { PoolBackend } from './backend.ts';
import { unionOf } from './models.ts';

/**
 * Groups backends, best first: those that have loaded the model, those that haven't, and those that failed their last
 * probe.
 */
export function rankBackends(
  model: string,
  backends: readonly PoolBackend[],
): readonly (readonly PoolBackend[])[] {
  const working = backends.filter((backend) => !backend.isFailing(model));
  // If the model fails at all backends, users should see one of those failures.
  const usable = working.length > 0 ? working : backends;
  const suspect = usable.filter(({ isSuspect }) => isSuspect);
  const healthy = usable.filter(({ isSuspect }) => !isSuspect);
  const loaded = healthy.filter((backend) => backend.find(model)?.loaded);
  return [loaded, healthy.filter((backend) => !loaded.includes(backend)), suspect];
}

/**
 * Returns the failure for a model that no reachable backend has: `ENGINE_UNAVAILABLE` if an unreachable backend has it,
 * else `MODEL_NOT_FOUND`.
 */
export function modelUnavailable(model: string, backends: readonly PoolBackend[]): Failure {
  const holders = backends.filter((backend) => backend.find(model));
  if (holders.length > 0) {
    const where = holders.map(({ name }) => name).join(', ');
    return engineUnavailable(`The server that has ${model} does not answer. Try again in a minute.`, {
      operatorMessage: `No reachable engine has ${model}. Unreachable backends that have it: ${where}.`,
    });
  }
  return modelNotFound(
    model,
    unionOf(backends.filter(({ isReachable }) => isReachable)).map(({ name }) => name),
  );
}

/** Codes of failures of one backend. With any other code, the request would fail at every backend. */
const backendFailures: ReadonlySet<FailureCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_FAILED',
  'MODEL_NOT_FOUND',
]);

/** Whether the request may succeed at another backend. */
export const canFailOver = (error: unknown): boolean =>
  error instanceof Failure && backendFailures.has(error.code);
