import { DatabaseSync } from 'node:sqlite';

export interface FolderLock {
  release(): void;
}

/**
 * Locks the folder of the lock file `path` for this process, until `release`. It is a lock of the operating system,
 * which SQLite holds on the file. It ends with the process, so a killed process leaves no stale lock. It isn't on the
 * database file, so that a backup can read the database.
 *
 * @throws SQLite's "busy" if another process, or another store of this process, holds the lock
 */
export function lockFolder(path: string): FolderLock {
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is written to it, so its journal needs no file.
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    release() {
      if (connection.isOpen) connection.close();
    },
  };
}
