import { DatabaseSync } from 'node:sqlite';
import { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { first } from './0001-initial.ts';
import { standaloneGenerations } from './0002-standalone-generations.ts';

describe('the migration for generations outside conversations', () => {
  let database: Database;
  beforeEach(() => {
    database = new Database(new DatabaseSync(':memory:', { enableForeignKeyConstraints: true }));
    database.connection.function('search_terms', { deterministic: true }, (text) => String(text));
    migrate(database, [first]);
    database.connection.exec(`
      INSERT INTO conversations (id, owner_id, title, pinned, archived, tags, created_at, updated_at, options)
        VALUES ('c', 'o', 'A talk', 0, 0, '[]', 1, 2, '{}');
      INSERT INTO messages (id, conversation_id, owner_id, branch_id, depth, role, generation_id, created_at, content)
        VALUES ('m', 'c', 'o', 'm', 0, 'ASSISTANT', 'g', 3, '');
      INSERT INTO generations (id, owner_id, conversation_id, message_id, model, status, attempt, cached, created_at,
        options, usage, idempotency_key)
        VALUES ('g', 'o', 'c', 'm', 'any', 'RUNNING', 2, 0, 4, '{"seed":1}', '{"promptTokens":5}', 'k');
    `);
  });
  afterEach(() => database.close());

  const found = () =>
    database.all('SELECT rowid FROM message_search WHERE message_search MATCH :term', { term: 'word' });

  it('keeps existing generations', () => {
    const before = { ...database.get('SELECT * FROM generations') };
    expect(migrate(database, [first, standaloneGenerations])).toEqual({ from: 1, to: 2 });
    expect({ ...database.get('SELECT * FROM generations') }).toEqual({ ...before, prompt: null });
    expect(database.all('PRAGMA foreign_key_check')).toEqual([]);
  });

  it('keeps the triggers that index an answer at its end and delete it with its conversation', () => {
    migrate(database, [first, standaloneGenerations]);
    database.run(`UPDATE messages SET content = 'word'`);
    expect(found()).toHaveLength(0);
    database.run(`UPDATE generations SET status = 'COMPLETED'`);
    expect(found()).toHaveLength(1);
    database.run(`UPDATE messages SET content = 'other'`);
    expect(found()).toHaveLength(0);
    database.run('DELETE FROM conversations');
    expect(database.all('SELECT * FROM generations')).toEqual([]);
  });
});
