import { types } from 'node:util';

/**
 * The code of an error of the operating system, such as `ENOENT`, or null. By what it is and not by `instanceof`: core
 * modules make theirs in a realm of their own under the test runner.
 */
export const systemCode = (error: unknown): string | null =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : null;
