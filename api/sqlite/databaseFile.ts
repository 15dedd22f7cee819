import { statSync } from 'node:fs';
import { serviceUnavailable } from '../errors/failures.ts';
import { isSystemError } from './errors.ts';

/** How long the result of a check is reused, in milliseconds. */
const recheckMs = 250;

/** The opened database file. SQLite itself keeps writing to a file that was deleted or replaced. */
export interface DatabaseFile {
  /** Throws `SERVICE_UNAVAILABLE` if the path now has another file or none. */
  checkNotReplaced(): void;
}

export const trackDatabaseFile = (path: string): DatabaseFile => {
  const opened = statSync(path);
  let checkedAt = performance.now();
  let isSameFile = true;

  const isStillThere = (): boolean => {
    try {
      const { ino, dev } = statSync(path);
      return ino === opened.ino && dev === opened.dev;
    } catch (error) {
      // Other errors are temporary, such as a folder that can't be read; they don't mean that the file was deleted.
      return !isSystemError(error, 'ENOENT', 'ENOTDIR');
    }
  };

  return {
    checkNotReplaced() {
      const now = performance.now();
      if (now - checkedAt >= recheckMs) [checkedAt, isSameFile] = [now, isStillThere()];
      if (isSameFile) return;
      throw serviceUnavailable(
        'Nothing can be saved: the database file was deleted or replaced while the server ran. Ask an administrator to stop the server and restore the file.',
      );
    },
  };
};
