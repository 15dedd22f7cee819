import { sqliteConversationStore } from '../../api/conversations/store/store.sqlite.ts';
import { sqliteGenerationStore } from '../../api/generations/store/store.sqlite.ts';
import { sqliteMessageStore } from '../../api/messages/store.sqlite.ts';
import { Database, openConnection } from '../../api/sqlite/database.ts';
import { migrate } from '../../api/sqlite/migrate.ts';
import { sqliteUsageStore } from '../../api/usage/store/store.sqlite.ts';

/** A generation and its answer in the store. */
export interface Row {
  readonly id: string;
  readonly ownerId: string;
  readonly status: string;
  readonly attempt: number;
  readonly messageId: string | null;
  /** Null if it has no message. */
  readonly content: string | null;
  readonly thinking: string | null;
  /** The tools as JSON, with their calls. Absent or null: none. */
  readonly toolUse?: string | null;
}

/** Opens the real stores on SQLite in memory. Schedules share one: creating the tables takes longer than emptying them. */
export const openStore = () => {
  const database = new Database(openConnection(':memory:'));
  database.connection.function('search_terms', { deterministic: true }, () => '');
  migrate(database);
  // The search index has its own tests, and takes more time than everything else.
  for (const { name } of database.all(
    `SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%_search%'`,
  )) {
    database.connection.exec(`DROP TRIGGER ${name}`);
  }

  const sql = `SELECT g.id AS id, g.owner_id AS ownerId, g.status AS status, g.attempt AS attempt,
    g.message_id AS messageId, m.content AS content, g.thinking AS thinking, g.tool_use AS toolUse
    FROM generations g LEFT JOIN messages m ON m.id = g.message_id ORDER BY g.id`;

  let rows: readonly Row[] = [];
  let changesAtRead = -1;
  /** Returns the number of written rows, including rows that triggers and cascades write. */
  const changes = (): number => Number(database.get('SELECT total_changes() AS count')?.count);

  return {
    conversations: sqliteConversationStore(database),
    generations: sqliteGenerationStore(database),
    messages: sqliteMessageStore(database),
    usage: sqliteUsageStore(database),
    /** Returns all generations, read in one step, for the invariants. The same array as long as nothing is written. */
    rows(): readonly Row[] {
      const now = changes();
      if (now !== changesAtRead) {
        rows = database.all(sql) as unknown as readonly Row[];
        changesAtRead = now;
      }
      return rows;
    },
    clear() {
      for (const table of ['generations', 'messages', 'branches', 'conversations', 'usage']) {
        database.run(`DELETE FROM ${table}`);
      }
    },
  };
};

export type SimulatedStore = ReturnType<typeof openStore>;
