import { assignments, type Database } from '../sqlite/database.ts';
import { findOwned } from '../sqlite/found.ts';
import { conversationPage } from './page.sqlite.ts';
import { columnsOf, conversationOf } from './rows.sqlite.ts';
import type { ConversationStore } from './store.ts';

export function sqliteConversationStore(database: Database): ConversationStore {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    findOwned(database, 'conversations', ownerId, ids, conversationOf);
  const find = (ownerId: string, id: string) => findMany(ownerId, [id])[0] ?? null;

  return {
    async insert(conversation) {
      database.insert('conversations', columnsOf(conversation), 'ON CONFLICT (id) DO NOTHING');
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findMany(ownerId, ids);
    },
    async page(ownerId, page, filter) {
      return conversationPage(database, ownerId, page, filter);
    },
    async update(ownerId, id, patch) {
      const changes = columnsOf(patch);
      if (Object.keys(changes).length === 0) return find(ownerId, id);
      const row = database.get(
        `UPDATE conversations SET ${assignments(changes)} WHERE id = :id AND owner_id = :ownerId RETURNING *`,
        { ...changes, id, ownerId },
      );
      return row && conversationOf(row);
    },
    async delete(ownerId, id) {
      const sql = 'DELETE FROM conversations WHERE id = :id AND owner_id = :ownerId';
      return database.run(sql, { id, ownerId }) > 0;
    },
  };
}
