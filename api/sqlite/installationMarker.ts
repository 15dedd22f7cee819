import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, StoreUnopened } from './errors.ts';

/** Beside the database: says that there was one, and holds the installation's id. */
export const markerPath = (dataDir: string): string => join(dataDir, 'installation');

/**
 * Refuses to start with an empty store where a database was: a disk that isn't mounted or a deleted file would else look
 * like a new installation, and be written over by the next backup.
 *
 * @throws StoreUnopened
 */
export const checkDatabaseNotLost = (dataDir: string, path: string): void => {
  const marker = markerPath(dataDir);
  if (!existsSync(marker) || sizeOf(path) > 0) return;
  throw new StoreUnopened(
    `${path} is missing or empty, though this data folder had a database: restore it from a backup, or delete ${marker} to start with an empty store.`,
  );
};

/** Writes the marker where there is none. Call it once the database is there. */
export const writeInstallationMarker = (dataDir: string): void => {
  try {
    writeFileSync(markerPath(dataDir), `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    // Cut short by a full disk: an empty marker is none.
    if (readFileSync(markerPath(dataDir), 'utf8').trim() === '') {
      writeFileSync(markerPath(dataDir), `${randomUUID()}\n`, { mode: 0o600 });
    }
  }
};

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0;
    throw error;
  }
};
