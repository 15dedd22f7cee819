import { date, integer, type Row, text, textOrNull } from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import { timedPage } from '../sqlite/page.ts';
import type { LegalHold } from './hold.ts';
import type { HoldStore } from './store.ts';

export const sqliteHoldStore = (database: Database): HoldStore => ({
  async insert(hold, limit) {
    return database.transaction(() => {
      const { ownerId } = hold;
      const sql = 'SELECT count(*) AS holds FROM holds WHERE owner_id = :ownerId';
      if (integer(database.get(sql, { ownerId }) ?? {}, 'holds') >= limit) return false;
      database.insert('holds', {
        id: hold.id,
        owner_id: ownerId,
        conversation_id: hold.conversationId,
        reason: hold.reason,
        placed_by: hold.placedBy,
        created_at: hold.createdAt.getTime(),
      });
      return true;
    });
  },
  async find(id) {
    const row = database.get('SELECT * FROM holds WHERE id = :id', { id });
    return row && holdOf(row);
  },
  async page(page) {
    const list = { table: 'holds', where: 'true', params: {}, order: 'descending', read: holdOf } as const;
    return timedPage(database, list, page);
  },
  async ofOwner(ownerId) {
    const sql = 'SELECT * FROM holds WHERE owner_id = :ownerId ORDER BY created_at, id';
    return database.all(sql, { ownerId }).map(holdOf);
  },
  async delete(id) {
    return database.run('DELETE FROM holds WHERE id = :id', { id }) > 0;
  },
});

const holdOf = (row: Row): LegalHold => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  conversationId: textOrNull(row, 'conversation_id'),
  reason: text(row, 'reason'),
  placedBy: text(row, 'placed_by'),
  createdAt: date(row, 'created_at'),
});
