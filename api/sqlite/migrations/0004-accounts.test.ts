import { DatabaseSync } from 'node:sqlite';
import { userOf } from '../../accounts/store/rows.sqlite.ts';
import { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { first } from './0001-initial.ts';
import { standaloneGenerations } from './0002-standalone-generations.ts';
import { toolCalls } from './0003-tool-calls.ts';
import { accounts } from './0004-accounts.ts';

describe('the migration for disabled users and single sign-on', () => {
  it('keeps users, as active ones, and sessions', () => {
    const database = new Database(new DatabaseSync(':memory:', { enableForeignKeyConstraints: true }));
    database.connection.function('search_terms', { deterministic: true }, (text) => String(text));
    migrate(database, [first, standaloneGenerations, toolCalls]);
    database.connection.exec(`
      INSERT INTO users VALUES ('u', 'Ada', 'ada', 'ADMIN', 'hash', 1);
      INSERT INTO users VALUES ('v', 'Eve', 'eve', 'MEMBER', 'hash', 1);
      INSERT INTO sessions VALUES ('s', 'u', 2, 3, 'Firefox');
    `);
    expect(migrate(database, [first, standaloneGenerations, toolCalls, accounts])).toEqual({
      from: 3,
      to: 4,
    });
    expect(userOf(database.get("SELECT * FROM users WHERE id = 'u'") ?? {})).toEqual({
      id: 'u',
      username: 'Ada',
      role: 'ADMIN',
      status: 'ACTIVE',
      passwordHash: 'hash',
      identity: null,
      createdAt: new Date(1),
    });
    expect({ ...database.get('SELECT * FROM sessions') }).toMatchObject({ last_seen_at: 2, address: null });
    database.close();
  });
});
