import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openTemporaryStores } from '../../../sqlite/stores.testing.ts';
import { defineVectorFunctions } from '../../../sqlite/vectors.ts';
import { openSqliteStores } from '../../../stores/stores.sqlite.ts';
import { newAttachment } from '../../attachments.testing.ts';
import { describePassageStore } from './store.contract.ts';

describe('on SQLite', () => {
  describePassageStore(openTemporaryStores);

  it('leaves no passage, term or vector of a deleted document in the tables', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    const stores = openSqliteStores({ dataDir });
    const attachment = newAttachment();
    const { ownerId, id } = attachment;
    await stores.attachments.insert(attachment, 'the text has xylophon in it');
    const fields = { start: 0, end: 3, page: 1, heading: 'xylophon heading', terms: ['xylophon'] };
    await stores.passages.insert(
      ownerId,
      id,
      Array.from({ length: 300 }, (_, number) => ({ number, ...fields })),
    );
    await stores.passages.begin(ownerId, id, 'm');
    await stores.passages.embed(ownerId, id, 'm', [
      { number: 0, vector: new Float32Array(Buffer.from('xylophon').buffer.slice(0, 8)) },
    ]);
    const traces = () => {
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
                (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))).includes(
                  'xylophon',
                ),
              ),
            ),
        );
      const rows = ['passages', 'passage_vectors', 'passage_search_content'].map(
        (name) => database.prepare(`SELECT count(*) AS count FROM ${name}`).get()?.count,
      );
      database.close();
      return { found, rows };
    };
    expect(traces().found).toEqual(
      expect.arrayContaining(['attachment_texts', 'passages', 'passage_search_data']),
    );
    expect(traces().rows).toEqual([300, 1, 300]);
    await stores.attachments.delete(ownerId, id);
    expect(traces()).toEqual({ found: [], rows: [0, 0, 0] });
    await stores.close();
    expect((await readFile(join(dataDir, 'ziggie.sqlite'))).byteLength).toBeGreaterThan(0);
    await rm(dataDir, { recursive: true });
  });
});

describe('the distance of vectors', () => {
  const blob = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const open = (path?: () => string) => {
    const connection = new DatabaseSync(':memory:', { allowExtension: true });
    const kind = defineVectorFunctions(connection, path);
    return { connection, kind };
  };

  it('is that of the extension where it has no build', () => {
    const native = open();
    const plain = open(() => {
      throw new Error('Unsupported platform');
    });
    expect([native.kind, plain.kind]).toEqual(['sqlite-vec', 'javascript']);
    for (const [one, other] of [
      [blob(1, 0), blob(0, 1)],
      [blob(3, 4), blob(4, 3)],
      [blob(-1, 2, 0.5), blob(1, 2, 3)],
    ] as const) {
      const [first, second] = [native, plain].map(
        ({ connection }) =>
          connection.prepare('SELECT vec_distance_cosine(?, ?) AS d').get(one, other)?.d as number,
      );
      expect(first).toBeCloseTo(second as number, 5);
    }
    for (const { connection } of [native, plain]) {
      expect(() => connection.loadExtension('any')).toThrow();
      expect(() => connection.prepare("SELECT load_extension('any')").get()).toThrow();
    }
  });
});
