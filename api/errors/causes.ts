import { types } from 'node:util';
import { Failure } from './failures.ts';

/** Why something failed, in words. Where an error only wraps another, as fetch()'s "fetch failed" does, the other's. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.operatorMessage;
  const root = rootOf(error);
  // An error may come from another realm, where `instanceof` doesn't know it.
  if (!types.isNativeError(root)) return String(root);
  return root.message === '' && 'code' in root ? String(root.code) : root.message;
}

/** The innermost cause; of several addresses that were tried, that of the first. */
export function rootOf(error: unknown): unknown {
  if (!types.isNativeError(error)) return error;
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return rootOf(error.errors[0]);
  return error.cause === undefined ? error : rootOf(error.cause);
}
