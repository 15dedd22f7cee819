import { date, integer, type Row, text } from '../../../sqlite/columns.ts';
import type { Database } from '../../../sqlite/database.ts';
import { type BatchFile, partIdOf } from '../file.ts';
import type { BatchFileStore } from './store.ts';

export const sqliteBatchFileStore = (database: Database): BatchFileStore => ({
  async addPart({ fileId, ownerId, number, content, createdAt }) {
    database.insert('batch_file_parts', {
      id: partIdOf({ fileId, number }),
      file_id: fileId,
      owner_id: ownerId,
      number,
      content,
      created_at: createdAt.getTime(),
    });
  },
  async insert({ id, ownerId, name, bytes, createdAt }, max) {
    return database.transaction(() => {
      const counted = database.get('SELECT count(*) AS rows FROM batch_files WHERE owner_id = :ownerId', {
        ownerId,
      });
      if (integer(counted ?? {}, 'rows') >= max) {
        database.run('DELETE FROM batch_file_parts WHERE file_id = :id', { id });
        return false;
      }
      const created_at = createdAt.getTime();
      database.insert('batch_files', { id, owner_id: ownerId, name, bytes, created_at });
      return true;
    });
  },
  async find(ownerId, id) {
    const sql = 'SELECT * FROM batch_files WHERE id = :id AND owner_id = :ownerId';
    const row = database.get(sql, { id, ownerId });
    return row && fileOf(row);
  },
  async ofOwner(ownerId) {
    const sql = 'SELECT * FROM batch_files WHERE owner_id = :ownerId ORDER BY created_at DESC, id DESC';
    return database.all(sql, { ownerId }).map(fileOf);
  },
  async part(ownerId, id, number) {
    const sql = 'SELECT content FROM batch_file_parts WHERE id = :id AND owner_id = :ownerId';
    const row = database.get(sql, { id: partIdOf({ fileId: id, number }), ownerId });
    return row && text(row, 'content');
  },
  async delete(ownerId, id) {
    return database.transaction(() => {
      const sql = 'DELETE FROM batch_files WHERE id = :id AND owner_id = :ownerId';
      if (database.run(sql, { id, ownerId }) === 0) return false;
      database.run('DELETE FROM batch_file_parts WHERE file_id = :id', { id });
      return true;
    });
  },
  async deleteOfOwner(ownerId) {
    database.transaction(() => {
      for (const table of ['batch_files', 'batch_file_parts']) {
        database.run(`DELETE FROM ${table} WHERE owner_id = :ownerId`, { ownerId });
      }
    });
  },
  async createdBeforeAnyOwner(before, afterId) {
    // The plus signs keep SQLite from reading all files in the order of their ids.
    const sql =
      'SELECT * FROM batch_files WHERE created_at < :before AND +id > :afterId ORDER BY +id LIMIT 1000';
    return database.all(sql, { before: before.getTime(), afterId: afterId ?? '' }).map(fileOf);
  },
  async deleteOrphansAnyOwner(before) {
    database.run(
      `DELETE FROM batch_file_parts WHERE created_at < :before
        AND NOT EXISTS (SELECT 1 FROM batch_files WHERE id = file_id)`,
      { before: before.getTime() },
    );
  },
});

const fileOf = (row: Row): BatchFile => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  name: text(row, 'name'),
  bytes: integer(row, 'bytes'),
  createdAt: date(row, 'created_at'),
});
