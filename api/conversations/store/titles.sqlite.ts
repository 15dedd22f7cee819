import { encodeDate, integer, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { conversationOf } from './rows.sqlite.ts';
import type { TitleStore } from './titles.ts';

export const sqliteTitleStore = (database: Database): TitleStore => ({
  async requestTitle(ownerId, id, dueAt) {
    const sql = `UPDATE conversations SET title_due_at = :dueAt WHERE id = :id AND owner_id = :ownerId
      AND auto_titled = 1 AND title_due_at IS NULL AND title_tries = 0`;
    return database.run(sql, { id, ownerId, dueAt: encodeDate(dueAt) ?? null }) > 0;
  },
  async claimTitle(now, retryAt) {
    const row = database.get(
      `UPDATE conversations SET title_due_at = :retryAt, title_tries = title_tries + 1 WHERE number = (
        SELECT number FROM conversations WHERE title_due_at <= :now ORDER BY title_due_at LIMIT 1
      ) RETURNING id, owner_id, title_tries`,
      { now: encodeDate(now) ?? null, retryAt: encodeDate(retryAt) ?? null },
    );
    return row && { id: text(row, 'id'), ownerId: text(row, 'owner_id'), tries: integer(row, 'title_tries') };
  },
  async delayTitle(ownerId, id, dueAt) {
    const sql = `UPDATE conversations SET title_due_at = :dueAt
      WHERE id = :id AND owner_id = :ownerId AND title_due_at IS NOT NULL`;
    database.run(sql, { id, ownerId, dueAt: encodeDate(dueAt) ?? null });
  },
  async endTitle(ownerId, id, title) {
    const row = database.get(
      `UPDATE conversations SET title = coalesce(:title, title), auto_titled = 0, title_due_at = NULL
      WHERE id = :id AND owner_id = :ownerId AND auto_titled = 1 RETURNING *`,
      { id, ownerId, title },
    );
    return row && conversationOf(row);
  },
});
