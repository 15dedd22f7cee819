import { types } from 'node:util';

/**
 * The code of an error of the operating system, such as `ENOENT`, or null. By what it is and not by `instanceof`: core
 * modules make theirs in a realm of their own under the test runner.
 */
export const systemCode = (error: unknown): string | null =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** How many causes are followed: a bound for chains that lead back to themselves. */
const maxCauses = 10;

/** The error, its causes, and the errors of an `AggregateError`, outermost first. */
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

/** Codes of a connection that was lost, refused or never made; Node's codes for a stream that was closed among them. */
const networkCodes = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ECANCELED',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTCONN',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ESHUTDOWN',
  'ETIMEDOUT',
  'ERR_SOCKET_CLOSED',
  'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'ERR_STREAM_ALREADY_FINISHED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** Whether the error, or one of its causes, is a connection that was lost, refused or never made. */
export const isNetworkError = (error: unknown): boolean =>
  causesOf(error).some((cause) => {
    const code = systemCode(cause);
    return code !== null && networkCodes.has(code);
  });

/** Whether the error, or one of its causes, is the operating system's for a full disk or a used-up disk quota. */
export const isDiskFull = (error: unknown): boolean =>
  causesOf(error).some((cause) => ['ENOSPC', 'EDQUOT'].includes(systemCode(cause) ?? ''));
