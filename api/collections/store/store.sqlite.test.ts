import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import { chosenCollection } from '../collections.testing.ts';
import { describeCollectionStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeCollectionStore(openTemporaryStores);

  it('leaves no trace of a deleted collection and its documents in tables and files', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    const stores = openSqliteStores({ dataDir });
    const { collection, document, ...made } = await chosenCollection(stores, 'xylophon');
    const marks = ['xylopho', collection.id, document.id];
    const has = (bytes: Buffer) => marks.some((mark) => bytes.includes(mark));
    const traces = async () => {
      const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'), { readOnly: true });
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      const found = tables
        .map(({ name }) => String(name))
        .filter((name) =>
          database
            .prepare(`SELECT * FROM "${name}"`)
            .all()
            .some((row) =>
              Object.values(row).some((value) =>
                has(value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))),
              ),
            ),
        );
      database.close();
      const folder = join(dataDir, 'attachments');
      for (const name of await readdir(folder, { recursive: true })) {
        const path = join(folder, name);
        if ((await stat(path)).isFile() && has(await readFile(path))) found.push('files');
      }
      return found.sort();
    };
    expect(await traces()).toEqual(
      expect.arrayContaining([
        'attachment_texts',
        'attachments',
        'collections',
        'conversations',
        'files',
        'folders',
        'passage_search',
        'passage_vectors',
        'passages',
      ]),
    );
    await made.delete();
    expect(await traces()).toEqual([]);
    await stores.close();
    await rm(dataDir, { recursive: true });
  });
});
