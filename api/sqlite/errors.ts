import { types } from 'node:util';
import { Failure, serviceUnavailable, storageFull } from '../errors/failures.ts';
import { StartupError } from '../errors/startupError.ts';
import { isDiskFull } from '../errors/systemErrors.ts';

/** Primary result codes, sqlite.org/rescode.html. */
const codes = {
  permission: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  interrupted: 9,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  notADatabase: 26,
};

export type SqliteCode = keyof typeof codes;

/** Returns whether `error` is an error of SQLite with one of these codes. */
function isSqliteError(error: unknown, ...reasons: readonly SqliteCode[]): error is Error {
  if (!types.isNativeError(error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  // The lowest byte of an extended result code is the primary code.
  const primary = error.errcode & 0xff;
  return reasons.some((reason) => codes[reason] === primary);
}

/**
 * Classifies an error of SQLite. `full`: the disk is full. `busy`: a retry may succeed at once. `damaged`: the file is
 * corrupt. `unavailable`: the file can't be read or written. `bug`: a bug of this program, such as a violated
 * constraint.
 */
export const classifyError = (error: unknown): 'full' | 'busy' | 'damaged' | 'unavailable' | 'bug' => {
  if (isSqliteError(error, 'full') || isDiskFull(error)) return 'full';
  if (isSqliteError(error, 'busy', 'locked', 'interrupted', 'protocol')) return 'busy';
  if (isSqliteError(error, 'corrupt', 'notADatabase')) return 'damaged';
  return isSqliteError(error, 'permission', 'noMemory', 'readOnly', 'ioError', 'cantOpen') ||
    isSystemError(error)
    ? 'unavailable'
    : 'bug';
};

const unavailableMessages = {
  busy: 'The database is busy. Try again shortly.',
  damaged: 'The database is damaged. Ask an administrator to restore it from a backup.',
  unavailable: 'The database can’t be read or written. Ask an administrator to check the disk of the server.',
} as const;

/** Returns the failure for an error of SQLite. Returns a bug unchanged. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  const meaning = classifyError(error);
  if (meaning === 'full') return storageFull(error);
  return meaning === 'bug' ? error : serviceUnavailable(unavailableMessages[meaning], { cause: error });
};

/** The store can't be opened. The message is one line for the person who starts the server. */
export class StoreUnopened extends StartupError {
  override readonly name = 'StoreUnopened';
}

/** A newer release wrote the store, and this release doesn't know its tables. */
export class NewerStore extends Error {
  override readonly name = 'NewerStore';
}

/** Returns a `StoreUnopened` that explains the error. Returns an unexpected error unchanged. */
export function storeUnopened(thrown: unknown, dataDir: string, path: string): unknown {
  const error = thrown instanceof Failure ? thrown.cause : thrown;
  const line = lineOf(error, dataDir, path);
  return line === null ? error : new StoreUnopened(line, { cause: error });
}

function lineOf(error: unknown, dataDir: string, path: string): string | null {
  if (error instanceof NewerStore) {
    return `${path} was written by a newer release (${error.message}): run that release, or restore a backup made before it.`;
  }
  if (isSqliteError(error, 'busy')) {
    return `Another process is using the data folder ${dataDir}: stop it, or set DATA_DIR to another folder.`;
  }
  if (isSqliteError(error, 'corrupt', 'notADatabase')) {
    return `${path} is damaged: restore it from a backup, or move all files of ${dataDir} away to start with an empty store.`;
  }
  if (isSqliteError(error, 'full') || isDiskFull(error)) {
    return `The disk that holds the data folder ${dataDir} is full: free some space, or set DATA_DIR to another folder.`;
  }
  if (isSystemError(error, 'ENOTDIR', 'EEXIST')) {
    return `The data folder ${dataDir} is not a folder: set DATA_DIR to one.`;
  }
  if (isSqliteError(error, 'readOnly', 'cantOpen') || isSystemError(error, 'EACCES', 'EPERM', 'EROFS')) {
    return `The data folder ${dataDir} can't be written: give this user write access to it and the files in it, or set DATA_DIR to another folder.`;
  }
  if (isSqliteError(error, 'ioError') || isSystemError(error)) {
    return `The data folder ${dataDir} can't be used (${error.message}): check its disk, or set DATA_DIR to another folder.`;
  }
  return null;
}

/** Returns whether `error` is a system error with one of these codes, or with any code if none is passed. */
export function isSystemError(error: unknown, ...names: readonly string[]): error is Error {
  if (!types.isNativeError(error) || !('syscall' in error) || !('code' in error)) return false;
  return typeof error.code === 'string' && (names.length === 0 || names.includes(error.code));
}
