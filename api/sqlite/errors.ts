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

/** Whether `error` is SQLite's own, for one of these reasons. */
export function isSqliteError(error: unknown, ...reasons: readonly SqliteCode[]): error is Error {
  if (!types.isNativeError(error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  // The lowest byte of an extended code is its primary code.
  const primary = error.errcode & 0xff;
  return reasons.some((reason) => codes[reason] === primary);
}

/**
 * What an error of SQLite means: `full`, the disk has no space; `busy`, the same call may succeed at once; `damaged`;
 * `unavailable`, the file can't be read or written; or `bug`, a mistake of this program, constraints included.
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
  damaged: 'The database is damaged. Tell your administrator to restore it from a backup.',
  unavailable:
    'The database can’t be read or written. Tell your administrator to check the disk of the server.',
} as const;

/** The failure to throw for an error of SQLite; a bug stays the error that it is. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  const meaning = classifyError(error);
  if (meaning === 'full') return storageFull(error);
  return meaning === 'bug' ? error : serviceUnavailable(unavailableMessages[meaning], { cause: error });
};

/** Its message is one line for the person who starts the server. */
export class StoreUnopened extends StartupError {
  override readonly name = 'StoreUnopened';
}

/** The store was written by a newer release, whose tables this one doesn't know. */
export class NewerStore extends Error {
  override readonly name = 'NewerStore';
}

/** What went wrong in opening the store, in words. An error that nobody foresaw is returned as it is. */
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
    return `The data folder ${dataDir} can't be used (${error.message}): see to its disk, or set DATA_DIR to another folder.`;
  }
  return null;
}

/** Whether `error` is the operating system's, with one of these names; any name, where none is given. */
export function isSystemError(error: unknown, ...names: readonly string[]): error is Error {
  if (!types.isNativeError(error) || !('syscall' in error) || !('code' in error)) return false;
  return typeof error.code === 'string' && (names.length === 0 || names.includes(error.code));
}
