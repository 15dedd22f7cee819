import type { Logger } from 'pino';
import { integer } from './columns.ts';
import type { Database } from './database.ts';

/** How often it is looked for free pages, and the pause between two steps, in milliseconds. */
const [lookEveryMs, stepEveryMs] = [2000, 20];
/** Pages of 4 KiB given back in one step: a few milliseconds of the event loop. */
const stepPages = 200;
/** Free pages that are kept for the next writes. */
const keptPages = 512;

/**
 * Lets a file give pages back to the disk, which SQLite can only be told before the first table is made, or by writing
 * the file anew. That takes as long as a backup and as much space again, once, at the start that finds such a file; where
 * there isn't the space, the file stays as it is.
 */
export const enableIncrementalVacuum = (database: Database, log: Pick<Logger, 'info'> | undefined): void => {
  const isAllowed = () => integer(database.get('PRAGMA auto_vacuum') ?? {}, 'auto_vacuum') !== 0;
  if (isAllowed()) return;
  try {
    database.connection.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
    log?.info('store: the file gives the space of deleted conversations back from now on');
  } catch (error) {
    log?.info(
      { err: error },
      'store: the file keeps the space of deleted conversations; the next start tries again',
    );
  }
};

/** Gives the space of what was deleted back to the disk, in small steps. Call the result to stop. */
export const startIncrementalVacuum = (database: Database): (() => void) => {
  let timer: NodeJS.Timeout;

  const freePages = () => integer(database.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  /** Whether there is more to give back. */
  const step = (): boolean => {
    const free = freePages();
    if (free <= keptPages) return false;
    database.connection.exec(`PRAGMA incremental_vacuum(${Math.min(stepPages, free - keptPages)})`);
    if (freePages() > keptPages) return true;
    // Without waiting for readers, such as a backup: a later one does what is left.
    database.connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return false;
  };
  const look = () => {
    let isMore = false;
    try {
      isMore = step();
    } catch {
      // A full disk, or a backup that reads: whoever writes is told so, and this tries again.
    }
    schedule(isMore ? stepEveryMs : lookEveryMs);
  };
  const schedule = (ms: number) => {
    timer = setTimeout(look, ms).unref();
  };

  schedule(lookEveryMs);
  return () => clearTimeout(timer);
};
