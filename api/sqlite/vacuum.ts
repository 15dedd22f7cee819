import type { Logger } from 'pino';
import { integer } from './columns.ts';
import type { Database } from './database.ts';

/** The interval between two checks for free pages, and the pause between two steps, in milliseconds. */
const [checkEveryMs, stepEveryMs] = [2000, 20];
/** Pages of 4 KiB freed in one step, which blocks the event loop for a few milliseconds. */
const stepPages = 200;
/** Free pages to keep for the next writes. */
const keptPages = 512;

/**
 * Enables incremental vacuum for a file that was created without it. SQLite then has to rewrite the file once, at this
 * start: that takes as long as a backup, and as much free disk space as the file. Without the space nothing changes.
 */
export const enableIncrementalVacuum = (database: Database, log: Pick<Logger, 'info'> | undefined): void => {
  const isEnabled = () => integer(database.get('PRAGMA auto_vacuum') ?? {}, 'auto_vacuum') !== 0;
  if (isEnabled()) return;
  try {
    database.connection.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
    log?.info('store: incremental vacuum enabled, deleted rows free disk space from now on');
  } catch (error) {
    log?.info({ err: error }, 'store: incremental vacuum could not be enabled, retrying at the next start');
  }
};

/** Returns the space of deleted rows to the file system, in small steps. Call the result to stop. */
export const startIncrementalVacuum = (database: Database): (() => void) => {
  let timer: NodeJS.Timeout;

  const freePages = () => integer(database.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  /** Frees some pages. Returns whether more can be freed. */
  const step = (): boolean => {
    const free = freePages();
    if (free <= keptPages) return false;
    database.connection.exec(`PRAGMA incremental_vacuum(${Math.min(stepPages, free - keptPages)})`);
    if (freePages() > keptPages) return true;
    // PASSIVE doesn't wait for readers, such as a backup; a later checkpoint completes it.
    database.connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return false;
  };
  const check = () => {
    let isMore = false;
    try {
      isMore = step();
    } catch {
      // The disk is full or a backup reads the file. Writes report such errors; the next check tries again.
    }
    schedule(isMore ? stepEveryMs : checkEveryMs);
  };
  const schedule = (ms: number) => {
    timer = setTimeout(check, ms).unref();
  };

  schedule(checkEveryMs);
  return () => clearTimeout(timer);
};
