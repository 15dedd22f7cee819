import { DatabaseSync } from 'node:sqlite';
import { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { presetStorage } from './0020-preset-storage.ts';

describe('the migration of the storage of presets', () => {
  it('counts the presets that exist, beside what is counted already', () => {
    const database = new Database(new DatabaseSync(':memory:'));
    const tables = `CREATE TABLE storage (id TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
      CREATE TABLE presets (owner_id TEXT NOT NULL, description TEXT NOT NULL, versions TEXT NOT NULL) STRICT;`;
    migrate(database, [tables]);
    database.insert('storage', { id: 'mia', bytes: 10 });
    for (const owner_id of ['mia', 'mia', 'ada'])
      database.insert('presets', { owner_id, description: 'ä', versions: '[]' });
    migrate(database, [tables, presetStorage]);
    const counted = () =>
      database.all('SELECT id, bytes FROM storage ORDER BY id', {}).map((row) => ({ ...row }));
    expect(counted()).toEqual([
      { id: 'ada', bytes: 1_004 },
      { id: 'mia', bytes: 10 + 2 * 1_004 },
    ]);
    database.run('DELETE FROM presets', {});
    expect(counted()).toEqual([{ id: 'mia', bytes: 10 }]);
    database.close();
  });
});
