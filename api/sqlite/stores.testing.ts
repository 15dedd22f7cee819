import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores } from '../stores/stores.sqlite.ts';
import type { Stores } from '../stores/stores.ts';

/** Opens stores in a new folder, which `close` deletes. */
export async function openTemporaryStores(): Promise<Stores> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
  const stores = openSqliteStores({ dataDir });
  return {
    ...stores,
    async close() {
      await stores.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
