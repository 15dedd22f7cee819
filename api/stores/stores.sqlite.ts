import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { withBufferedSessions } from '../accounts/store/bufferedSessions.ts';
import { sqliteAccountStore } from '../accounts/store/store.sqlite.ts';
import { sqliteAnswerDefaultsStore } from '../answerDefaults/store/store.sqlite.ts';
import { sqliteApiKeyStore } from '../apiKeys/store.sqlite.ts';
import { diskAttachmentFiles } from '../attachments/files/files.disk.ts';
import { sqlitePassageStore } from '../attachments/passages/store/store.sqlite.ts';
import { sqliteAttachmentStore } from '../attachments/store/store.sqlite.ts';
import { sqliteAuditStore } from '../audit/store/store.sqlite.ts';
import { sqliteBatchFileStore } from '../batches/files/store/store.sqlite.ts';
import { sqliteBatchStore } from '../batches/store/store.sqlite.ts';
import { finishDocumentDeletions } from '../collections/store/deletion.sqlite.ts';
import { sqliteCollectionStore } from '../collections/store/store.sqlite.ts';
import { sqliteConversationStore } from '../conversations/store/store.sqlite.ts';
import { sqliteDockerRequestStore } from '../docker/store/store.sqlite.ts';
import { sqliteFolderStore } from '../folders/store/store.sqlite.ts';
import { sqliteGenerationStore } from '../generations/store/store.sqlite.ts';
import { sqliteHealingStore } from '../healing/store/store.sqlite.ts';
import { sqliteHoldStore } from '../holds/store.sqlite.ts';
import { sqliteMessageStore } from '../messages/store.sqlite.ts';
import { sqlitePresetStore } from '../presets/store/store.sqlite.ts';
import { searchTerms } from '../search/terms.ts';
import { sqliteShareStore } from '../shares/store.sqlite.ts';
import { Database, openConnection } from '../sqlite/database.ts';
import { trackDatabaseFile } from '../sqlite/databaseFile.ts';
import { isSystemError, storeUnopened } from '../sqlite/errors.ts';
import { checkDatabaseNotLost, writeInstallationMarker } from '../sqlite/installationMarker.ts';
import { type FolderLock, lockFolder } from '../sqlite/lock.ts';
import { migrate } from '../sqlite/migrate.ts';
import { enableIncrementalVacuum, startIncrementalVacuum } from '../sqlite/vacuum.ts';
import { defineVectorFunctions } from '../sqlite/vectors.ts';
import { sqliteStorageStore } from '../usage/storage/storage.sqlite.ts';
import { sqliteUsageStore } from '../usage/store/store.sqlite.ts';
import type { Stores } from './stores.ts';

export interface SqliteStoresOptions {
  /** Created with mode 0700 if it is missing. Only one process at a time can use it. */
  readonly dataDir: string;
  readonly log?: Pick<Logger, 'info'>;
  /** Maximum size of the file, in pages of 4 KiB. Tests simulate a full disk with it. */
  readonly maxPages?: number;
}

/**
 * Opens the stores in one SQLite file, `ziggie.sqlite`, in the data folder.
 *
 * @throws StoreUnopened with one line that says what is wrong and what to do
 */
export function openSqliteStores({ dataDir, log, maxPages }: SqliteStoresOptions): Stores {
  const path = join(dataDir, 'ziggie.sqlite');
  let lock: FolderLock | null = null;
  let database: Database | null = null;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    lock = lockFolder(createPrivately(join(dataDir, 'ziggie.lock')));
    checkDatabaseNotLost(dataDir, path);
    database = new Database(openConnection(createPrivately(path)), lock, trackDatabaseFile(path));
    database.connection.function('search_terms', { deterministic: true }, (text) =>
      searchTerms(String(text)).join(' '),
    );
    defineVectorFunctions(database.connection);
    enableIncrementalVacuum(database, log);
    const { from, to } = migrate(database);
    if (from !== to) log?.info({ path, from, to }, 'store: migrated');
    writeInstallationMarker(dataDir);
    const finished = finishDocumentDeletions(database);
    if (finished > 0) log?.info({ path, finished }, 'store: deleted documents after a crash');
    if (maxPages !== undefined) database.connection.exec(`PRAGMA max_page_count = ${maxPages}`);
    return storesOf(database, dataDir);
  } catch (error) {
    database?.close();
    lock?.release();
    throw storeUnopened(error, dataDir, path);
  }
}

function storesOf(database: Database, dataDir: string): Stores {
  const stopVacuum = startIncrementalVacuum(database);
  return {
    accounts: withBufferedSessions(sqliteAccountStore(database)),
    apiKeys: sqliteApiKeyStore(database),
    conversations: sqliteConversationStore(database),
    messages: sqliteMessageStore(database),
    generations: sqliteGenerationStore(database),
    folders: sqliteFolderStore(database),
    collections: sqliteCollectionStore(database),
    answerDefaults: sqliteAnswerDefaultsStore(database),
    shares: sqliteShareStore(database),
    usage: sqliteUsageStore(database),
    storage: sqliteStorageStore(database),
    attachments: sqliteAttachmentStore(database),
    attachmentFiles: diskAttachmentFiles(join(dataDir, 'attachments')),
    passages: sqlitePassageStore(database),
    audit: sqliteAuditStore(database),
    presets: sqlitePresetStore(database),
    holds: sqliteHoldStore(database),
    dockerRequests: sqliteDockerRequestStore(database),
    healings: sqliteHealingStore(database),
    batches: sqliteBatchStore(database),
    batchFiles: sqliteBatchFileStore(database),
    // The database was opened before these stores existed.
    ready: async () => {},
    async check() {
      database.check();
    },
    async close() {
      stopVacuum();
      database.close();
    },
  };
}

/** Creates a file that only its owner can read. SQLite gives its side files the same mode; its own default is wider. */
function createPrivately(path: string): string {
  try {
    // 'x' doesn't open an existing file: closing it would release the locks that this process holds on it.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  return path;
}
