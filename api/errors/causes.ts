import { types } from 'node:util';
import { Failure } from './failures.ts';

/** Maximum causes that are followed; guards against chains that lead back to themselves. */
const maxCauses = 10;

/** Returns the error, its causes, and the errors of an `AggregateError`, outermost first. */
export const causesOf = (error: unknown): readonly Error[] => {
  const found: Error[] = [];
  const visit = (one: unknown): void => {
    if (!types.isNativeError(one) || found.length >= maxCauses || found.includes(one)) return;
    found.push(one);
    visit(one.cause);
    if ('errors' in one && Array.isArray(one.errors)) for (const each of one.errors) visit(each);
  };
  visit(error);
  return found;
};

/** Returns the innermost cause. Of several errors, such as one per address, it follows the first. */
export function rootCauseOf(error: unknown): unknown {
  if (!types.isNativeError(error)) return error;
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return rootCauseOf(error.errors[0]);
  return error.cause === undefined ? error : rootCauseOf(error.cause);
}

/** Returns the message of the root cause, for operators: fetch()'s own "fetch failed" says nothing, its cause does. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.operatorMessage;
  const root = rootCauseOf(error);
  // An error may come from another realm, where `instanceof` doesn't recognise it.
  if (!types.isNativeError(root)) return String(root);
  return root.message === '' && 'code' in root ? String(root.code) : root.message;
}
