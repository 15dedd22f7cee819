import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '../errors/failures.ts';

/** A read that fails within this time, in milliseconds, is retried once: its connection was probably reset. */
const quickFailureMs = 1000;
/** The pause before the retry, in milliseconds, in which the pool opens a new connection. */
const retryDelayMs = 50;

/**
 * Wraps a store so that its reads are retried once after a lost connection. Writes aren't retried: the server may have
 * done an unconfirmed write. A read that has already waited for a longer outage isn't retried either.
 */
export const retryingReads = <Store extends object>(
  store: Store,
  reads: readonly (keyof Store)[],
): Store => ({
  ...store,
  ...Object.fromEntries(reads.map((name) => [name, retriedOnce(store[name])])),
});

const retriedOnce = (read: unknown) => {
  if (typeof read !== 'function') throw new TypeError('a read must be a method of the store');
  return async (...parameters: readonly unknown[]): Promise<unknown> => {
    const startedAt = performance.now();
    try {
      return await read(...parameters);
    } catch (error) {
      if (!isUnavailable(error) || performance.now() - startedAt > quickFailureMs) throw error;
      await sleep(retryDelayMs);
      return read(...parameters);
    }
  };
};
