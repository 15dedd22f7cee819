import { statSync } from 'node:fs';
import { serviceUnavailable } from '../errors/failures.ts';
import { isSystemError } from './errors.ts';

/** How long an answer about the file is good, in milliseconds. */
const freshMs = 250;

/** The database file that was opened: SQLite itself goes on writing into a file that was deleted under it. */
export interface DatabaseFile {
  /** Throws `SERVICE_UNAVAILABLE` where another file, or none, is at the path now. */
  checkNotReplaced(): void;
}

export const trackDatabaseFile = (path: string): DatabaseFile => {
  const opened = statSync(path);
  let checkedAt = performance.now();
  let isThere = true;

  const look = (): boolean => {
    try {
      const { ino, dev } = statSync(path);
      return ino === opened.ino && dev === opened.dev;
    } catch (error) {
      // Only what is certain counts: a folder that can't be read for a moment is no deleted file.
      return !isSystemError(error, 'ENOENT', 'ENOTDIR');
    }
  };

  return {
    checkNotReplaced() {
      const now = performance.now();
      if (now - checkedAt >= freshMs) [checkedAt, isThere] = [now, look()];
      if (isThere) return;
      throw serviceUnavailable(
        'Nothing can be saved: the database file was deleted or replaced while the server ran. Tell your administrator to stop the server and to restore the file.',
      );
    },
  };
};
