import { sqliteConversationStore } from '../../api/conversations/store.sqlite.ts';
import { sqliteGenerationStore } from '../../api/generations/store.sqlite.ts';
import { sqliteMessageStore } from '../../api/messages/store.sqlite.ts';
import { Database, openConnection } from '../../api/sqlite/database.ts';
import { migrate } from '../../api/sqlite/migrate.ts';
import { sqliteUsageStore } from '../../api/usage/store.sqlite.ts';

/** What the store has of a generation and its answer. */
export interface Row {
  readonly id: string;
  readonly ownerId: string;
  readonly status: string;
  readonly attempt: number;
  readonly messageId: string | null;
  /** Null where its message is not there. */
  readonly content: string | null;
}

/** The real stores on SQLite, in memory. One is used for many schedules: to make the tables takes longer than to empty them. */
export const openStore = () => {
  const database = new Database(openConnection(':memory:'));
  database.connection.function('search_terms', { deterministic: true }, () => '');
  migrate(database);
  // The search index has tests of its own, and costs more than all the rest.
  for (const { name } of database.all(
    `SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%_search%'`,
  )) {
    database.connection.exec(`DROP TRIGGER ${name}`);
  }

  const columns = `g.id AS id, g.owner_id AS ownerId, g.status AS status, g.attempt AS attempt,
    g.message_id AS messageId, m.content AS content
    FROM generations g LEFT JOIN messages m ON m.id = g.message_id`;

  return {
    conversations: sqliteConversationStore(database),
    generations: sqliteGenerationStore(database),
    messages: sqliteMessageStore(database),
    usage: sqliteUsageStore(database),
    /** All generations, read in one step: for the invariants. */
    rows: (): readonly Row[] => database.all(`SELECT ${columns} ORDER BY g.id`) as unknown as readonly Row[],
    clear() {
      database.connection.exec(
        'DELETE FROM generations; DELETE FROM messages; DELETE FROM branches; DELETE FROM conversations; DELETE FROM usage',
      );
    },
  };
};

export type SimulatedStore = ReturnType<typeof openStore>;
