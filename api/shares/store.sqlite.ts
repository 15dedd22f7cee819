import { date, integer, type Row, text } from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import { timedPage } from '../sqlite/page.ts';
import type { Share } from './share.ts';
import type { ShareStore } from './store.ts';

export const sqliteShareStore = (database: Database): ShareStore => ({
  async insert(share, limit) {
    return database.transaction(() => {
      const { ownerId, conversationId, createdAt } = share;
      database.run('DELETE FROM shares WHERE owner_id = :ownerId AND expires_at <= :now', {
        ownerId,
        now: createdAt.getTime(),
      });
      const row = database.get(
        `SELECT (SELECT count(*) FROM shares WHERE owner_id = :ownerId) AS shares,
          (SELECT count(*) FROM conversations WHERE id = :conversationId AND owner_id = :ownerId) AS conversations`,
        { ownerId, conversationId },
      );
      if (row === null || integer(row, 'shares') >= limit || integer(row, 'conversations') === 0)
        return false;
      return (
        database.insert('shares', {
          id: share.id,
          owner_id: ownerId,
          conversation_id: conversationId,
          leaf_id: share.leafId,
          secret_hash: share.secretHash,
          created_at: createdAt.getTime(),
          expires_at: share.expiresAt.getTime(),
        }) > 0
      );
    });
  },
  async findByHash(secretHash, now) {
    const sql = 'SELECT * FROM shares WHERE secret_hash = :secretHash AND expires_at > :now';
    const row = database.get(sql, { secretHash, now: now.getTime() });
    return row && shareOf(row);
  },
  async find(ownerId, id) {
    const row = database.get('SELECT * FROM shares WHERE id = :id AND owner_id = :ownerId', { id, ownerId });
    return row && shareOf(row);
  },
  async page(ownerId, page) {
    const where = 'owner_id = :ownerId';
    const list = { table: 'shares', where, params: { ownerId }, order: 'descending', read: shareOf } as const;
    return timedPage(database, list, page);
  },
  async delete(ownerId, id) {
    return database.run('DELETE FROM shares WHERE id = :id AND owner_id = :ownerId', { id, ownerId }) > 0;
  },
});

const shareOf = (row: Row): Share => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  conversationId: text(row, 'conversation_id'),
  leafId: text(row, 'leaf_id'),
  secretHash: text(row, 'secret_hash'),
  createdAt: date(row, 'created_at'),
  expiresAt: date(row, 'expires_at'),
});
