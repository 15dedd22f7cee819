import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, StoreUnopened } from './errors.ts';

/** The marker file beside the database. It shows that a database existed, and contains the installation's id. */
const markerPath = (dataDir: string): string => join(dataDir, 'installation');

/**
 * Throws if the marker exists but the database is missing or empty. Otherwise an unmounted disk or a deleted file would
 * look like a new installation, and the next backup would overwrite the good one.
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

/** Writes the marker if it is missing. Call it once the database exists. */
export const writeInstallationMarker = (dataDir: string): void => {
  try {
    writeFileSync(markerPath(dataDir), `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    // A full disk can leave an empty marker; it counts as missing.
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
