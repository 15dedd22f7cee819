import { DatabaseSync } from 'node:sqlite';
import { Database } from './database.ts';
import { NewerStore } from './errors.ts';
import { migrate } from './migrate.ts';

const create = 'CREATE TABLE notes (text TEXT) STRICT';
const extend = `ALTER TABLE notes ADD COLUMN author TEXT; UPDATE notes SET author = 'unknown'`;

describe('migrations', () => {
  let database: Database;
  beforeEach(() => {
    database = new Database(new DatabaseSync(':memory:'));
  });
  afterEach(() => database.close());

  const version = () => database.get('PRAGMA user_version')?.user_version;

  it('run once each, in order', () => {
    expect(migrate(database, [create])).toEqual({ from: 0, to: 1 });
    database.insert('notes', { text: 'kept' });
    expect(migrate(database, [create, extend])).toEqual({ from: 1, to: 2 });
    expect(migrate(database, [create, extend])).toEqual({ from: 2, to: 2 });
    expect({ ...database.get('SELECT * FROM notes') }).toEqual({ text: 'kept', author: 'unknown' });
  });

  it('are all rolled back if one of them fails', () => {
    migrate(database, [create]);
    expect(() => migrate(database, [create, extend, 'CREATE TABLE broken ('])).toThrow('incomplete input');
    expect(version()).toBe(1);
    expect(database.all('SELECT * FROM pragma_table_info(:name)', { name: 'notes' })).toHaveLength(1);
    expect(migrate(database, [create, extend])).toEqual({ from: 1, to: 2 });
  });

  it('reject tables that a newer release wrote', () => {
    migrate(database, [create, extend]);
    expect(() => migrate(database, [create])).toThrow(new NewerStore('version 2, and this one knows 1'));
    expect(version()).toBe(2);
  });
});
