import { DatabaseSync } from 'node:sqlite';

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder that the file `path` is in for this process, until `release`. The lock is the operating system's,
 * on a file that SQLite keeps locked: it ends with the process however that ends, so a kill leaves nothing stale. It
 * is on a file of its own so that a backup may read the database meanwhile.
 *
 * @throws SQLite's "busy" where another process, or another store of this one, has it
 */
export function lockFolder(path: string): FolderLock {
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is ever written in it, so its journal needs no file, which would lie beside it all the time.
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
