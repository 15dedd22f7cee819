import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import { newEvent } from '../events.testing.ts';
import { describeAuditStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeAuditStore(openTemporaryStores);

  it('rejects changes of entries and deletions in the middle of the log', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    const stores = openSqliteStores({ dataDir });
    await stores.audit.append([newEvent(), newEvent()]);
    await stores.close();
    const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'));
    expect(() => database.exec("UPDATE audit_events SET outcome = 'OK'")).toThrow('never changed');
    expect(() => database.exec('DELETE FROM audit_events WHERE seq = 1')).toThrow('from its old end alone');
    database.close();
    await rm(dataDir, { recursive: true });
  });
});
