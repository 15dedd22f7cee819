import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { iterationsOf } from '../../process/iterations.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { forward } from '../../stores/stores.contract.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';
import { chosenCollection, insertDocument, newCollection } from '../collections.testing.ts';
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

  const collectionOf = async (stores: Stores, documents: number) => {
    const collection = newCollection();
    const { id, ownerId } = collection;
    await stores.collections.insert(collection, 10);
    for (let count = 0; count < documents; count += 1) {
      await insertDocument(stores, { ownerId, collectionId: id }, `xylophon ${count}`);
    }
    return collection;
  };

  it('deletes one document at a time, so that others are served in between', async () => {
    const stores = await openTemporaryStores();
    const { id, ownerId } = await collectionOf(stores, 20);
    expect(await iterationsOf(() => stores.collections.delete(ownerId, id))).toBeGreaterThanOrEqual(20);
    const removed = await collectionOf(stores, 20);
    const page = await stores.attachments.pageOfCollection(removed.ownerId, removed.id, forward(20));
    const ids = page.items.map((document) => document.id);
    const remove = () => stores.collections.removeDocuments(removed.ownerId, removed.id, ids);
    expect(await iterationsOf(remove)).toBeGreaterThanOrEqual(20);
    await stores.close();
  });

  it('hides all documents at once, and deletes them after a crash', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    const stores = openSqliteStores({ dataDir });
    const { id, ownerId } = await collectionOf(stores, 5);
    const interrupted = expect(stores.collections.delete(ownerId, id)).rejects.toThrow();
    expect(await stores.collections.findMany(ownerId, [id])).toEqual([null]);
    expect((await stores.attachments.page(ownerId, forward(9))).items).toEqual([]);
    expect(await stores.storage.usedBy([ownerId])).toEqual([0]);
    // As a crash: the deletion can't go on.
    await stores.close();
    await interrupted;
    const rows = () => {
      const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'), { readOnly: true });
      const counts = ['attachments', 'attachment_texts', 'passages', 'passage_search'].map(
        (table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows,
      );
      database.close();
      return counts;
    };
    expect(rows()[0]).toBeGreaterThan(0);
    await openSqliteStores({ dataDir }).close();
    expect(rows()).toEqual([0, 0, 0, 0]);
    await rm(dataDir, { recursive: true });
  });
});
