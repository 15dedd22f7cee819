import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '../errors/failures.ts';

/** A read that failed within this time met a connection that was reset, and is repeated once, in milliseconds. */
const quickFailureMs = 1000;
/** The pause before, in milliseconds: the pool opens a new connection meanwhile. */
const pauseMs = 50;

/**
 * The store with its reads repeated once where a connection was lost under them. Writes aren't: the server may have done
 * what it didn't confirm. An outage that a read has waited for already is not waited for twice.
 */
export const retryingReads = <Store extends object>(
  store: Store,
  reads: readonly (keyof Store)[],
): Store => ({
  ...store,
  ...Object.fromEntries(reads.map((name) => [name, repeatedOnce(store[name])])),
});

const repeatedOnce = (read: unknown) => {
  if (typeof read !== 'function') throw new TypeError('a read must be a method of the store');
  return async (...parameters: readonly unknown[]): Promise<unknown> => {
    const startedAt = performance.now();
    try {
      return await read(...parameters);
    } catch (error) {
      if (!isUnavailable(error) || performance.now() - startedAt > quickFailureMs) throw error;
      await sleep(pauseMs);
      return read(...parameters);
    }
  };
};
