import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { withSessionsInMemory } from '../accounts/sessionsInMemory.ts';
import { sqliteAccountStore } from '../accounts/store/store.sqlite.ts';
import { sqliteApiKeyStore } from '../apiKeys/store.sqlite.ts';
import { sqliteAuditStore } from '../audit/store/store.sqlite.ts';
import { sqliteConversationStore } from '../conversations/store/store.sqlite.ts';
import { sqliteGenerationStore } from '../generations/store/store.sqlite.ts';
import { sqliteMessageStore } from '../messages/store.sqlite.ts';
import { searchTerms } from '../search/terms.ts';
import { Database, openConnection } from '../sqlite/database.ts';
import { isSystemError, storeUnopened } from '../sqlite/errors.ts';
import { checkInstallation, markInstallation } from '../sqlite/installation.ts';
import { type FolderLock, lockFolder } from '../sqlite/lock.ts';
import { migrate } from '../sqlite/migrate.ts';
import { allowReclaiming, keepReclaiming } from '../sqlite/reclaim.ts';
import { watchFile } from '../sqlite/storeFile.ts';
import { sqliteStorageStore } from '../usage/storage/storage.sqlite.ts';
import { sqliteUsageStore } from '../usage/store/store.sqlite.ts';
import type { Stores } from './stores.ts';

export interface SqliteStoresOptions {
  /** Made if it isn't there, for its owner alone. One process at a time may have it. */
  readonly dataDir: string;
  readonly log?: Pick<Logger, 'info'>;
  /** The most pages of 4 KiB that the file may have: a full disk, for tests. */
  readonly maxPages?: number;
}

/**
 * Everything in one SQLite file, `ziggie.sqlite`, in the data folder.
 *
 * @throws StoreUnopened, whose message is one line that says what is wrong and what to do
 */
export function openSqliteStores({ dataDir, log, maxPages }: SqliteStoresOptions): Stores {
  const path = join(dataDir, 'ziggie.sqlite');
  let lock: FolderLock | null = null;
  let database: Database | null = null;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    lock = lockFolder(createPrivately(join(dataDir, 'ziggie.lock')));
    checkInstallation(dataDir, path);
    database = new Database(openConnection(createPrivately(path)), lock, watchFile(path));
    database.connection.function('search_terms', { deterministic: true }, (text) =>
      searchTerms(String(text)).join(' '),
    );
    allowReclaiming(database, log);
    const { from, to } = migrate(database);
    if (from !== to) log?.info({ path, from, to }, 'store migrated');
    markInstallation(dataDir);
    if (maxPages !== undefined) database.connection.exec(`PRAGMA max_page_count = ${maxPages}`);
    return storesOf(database);
  } catch (error) {
    database?.close();
    lock?.release();
    throw storeUnopened(error, dataDir, path);
  }
}

function storesOf(database: Database): Stores {
  const stopReclaiming = keepReclaiming(database);
  return {
    accounts: withSessionsInMemory(sqliteAccountStore(database)),
    apiKeys: sqliteApiKeyStore(database),
    conversations: sqliteConversationStore(database),
    messages: sqliteMessageStore(database),
    generations: sqliteGenerationStore(database),
    usage: sqliteUsageStore(database),
    storage: sqliteStorageStore(database),
    audit: sqliteAuditStore(database),
    // It was opened before there were any stores to ask.
    ready: async () => {},
    async check() {
      database.check();
    },
    async close() {
      stopReclaiming();
      database.close();
    },
  };
}

/** SQLite would let others read the files it makes; what it makes beside a file has that file's mode. */
function createPrivately(path: string): string {
  try {
    // 'x': a file that is there must not be opened, because closing it would end the locks this process has on it.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  return path;
}
