import { types } from 'node:util';
import { causesOf } from './causes.ts';

/**
 * Returns the code of an error of the operating system, such as `ENOENT`, or null. Doesn't use `instanceof`: under the
 * test runner, core modules create their errors in another realm.
 */
export const systemCode = (error: unknown): string | null =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** Codes of connections that were lost, refused or never made, and Node's codes for closed streams. */
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

/** Whether the error, or one of its causes, means that a connection was lost, refused or never made. */
export const isNetworkError = (error: unknown): boolean =>
  causesOf(error).some((cause) => {
    const code = systemCode(cause);
    return code !== null && networkCodes.has(code);
  });

/** Whether the error, or one of its causes, means that the disk is full or its quota used up. */
export const isDiskFull = (error: unknown): boolean =>
  causesOf(error).some((cause) => ['ENOSPC', 'EDQUOT'].includes(systemCode(cause) ?? ''));
