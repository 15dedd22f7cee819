import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteAuditStore } from '../../api/audit/store/store.sqlite.ts';
import type { AuditStore } from '../../api/audit/store/store.ts';
import { Database } from '../../api/sqlite/database.ts';
import { StoreUnopened } from '../../api/sqlite/errors.ts';

/** A read-only audit log; a server may write to it at the same time. */
export interface AuditReader extends Pick<AuditStore, 'anchor' | 'chainAfter'> {
  close(): Promise<void>;
}

/**
 * Opens the audit log of the embedded store in `dataDir`, read-only; a server may use it at the same time.
 *
 * @throws StoreUnopened if there is no audit log
 */
export const openSqliteAuditReader = (dataDir: string): AuditReader => {
  const path = join(dataDir, 'ziggie.sqlite');
  if (!existsSync(path)) {
    throw new StoreUnopened(
      `The data folder ${dataDir} contains no embedded store: set DATA_DIR to the folder that does.`,
    );
  }
  const database = new Database(new DatabaseSync(path, { readOnly: true, timeout: 5_000 }));
  const table = "SELECT 1 FROM sqlite_master WHERE name = 'audit_events'";
  if (database.get(table) === null) {
    database.close();
    throw new StoreUnopened(`${path} contains no audit log yet: start the server of this release once.`);
  }
  const { anchor, chainAfter } = sqliteAuditStore(database);
  return { anchor, chainAfter, close: async () => database.close() };
};
